using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Minilm.Generation;
using Minilm.Gguf;
using Minilm.Runtime;
using Minilm.Validation;

namespace Minilm;

/// <summary>A GGUF model that runs in this process through llama.cpp. All members may be called from any thread.</summary>
public sealed class LlamaModel : ILanguageModel
{
    private readonly Lock _gate = new();
    private readonly LlamaModelOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private TemporaryModelFile? _temporaryFile; // of FromStreamAsync
    private ModelLoading? _loading;
    private ModelSession? _session;
    private bool _disposed;

    /// <summary>Configures a model; nothing is loaded until <see cref="Initialize"/>.</summary>
    /// <param name="options">Where the file is and how to run it; read once.</param>
    /// <param name="logger">Receives loads and releases.</param>
    /// <param name="timeProvider">The clock of deadlines and usage.</param>
    /// <exception cref="ArgumentException">The path is empty ("model path is required"), or an option is out of its range.</exception>
    /// <exception cref="FileNotFoundException">There is nothing at the path.</exception>
    public LlamaModel(LlamaModelOptions options, ILogger<LlamaModel>? logger = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsDoor.Require(options);
        if (!Path.Exists(options.ModelPath))
        {
            throw new FileNotFoundException($"Model file '{options.ModelPath}' does not exist.", options.ModelPath);
        }
        _options = options.WithDefaults();
        _logger = logger ?? NullLogger<LlamaModel>.Instance;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc cref="LlamaModel(LlamaModelOptions, ILogger{LlamaModel}?, TimeProvider?)"/>
    public LlamaModel(IOptions<LlamaModelOptions> options, ILogger<LlamaModel>? logger = null, TimeProvider? timeProvider = null)
        : this((options ?? throw new ArgumentNullException(nameof(options))).Value, logger, timeProvider)
    {
    }

    /// <inheritdoc/>
    public int ContextSize => GetModelInfo().ContextSize;

    /// <summary>Gets the vocabulary of the loaded model. It works until <see cref="Free"/>.</summary>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    public LlamaVocab Vocab => Session.Vocab;

    /// <summary>Configures a model that begins at the position of a stream; nothing is loaded until <see cref="Initialize"/>.</summary>
    /// <param name="stream">
    /// A <see cref="FileStream"/> of a file on disk is read in place by its name, from its position on. The library reads
    /// files only, so what any other stream holds is copied to a private temporary file, deleted by <see cref="Dispose"/>.
    /// The stream is not disposed, and not needed any more on return.
    /// </param>
    /// <param name="options">How to run it; the path and the offset in it are not used.</param>
    /// <param name="logger">Receives loads and releases.</param>
    /// <param name="timeProvider">The clock of deadlines and usage.</param>
    /// <param name="cancellationToken">Stops copying.</param>
    /// <returns>A model to be disposed.</returns>
    /// <exception cref="ArgumentException">The stream cannot be read, or an option is out of its range.</exception>
    /// <exception cref="IOException">The stream could not be copied.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<LlamaModel> FromStreamAsync(Stream stream, LlamaModelOptions? options = null, ILogger<LlamaModel>? logger = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new LlamaModelOptions();
        OptionsDoor.Require(options.At("stream", 0)); // before anything is copied
        if (stream is FileStream { CanSeek: true } file && File.Exists(file.Name))
        {
            return new LlamaModel(options.At(Path.GetFullPath(file.Name), file.Position), logger, timeProvider);
        }
        TemporaryModelFile copy = await TemporaryModelFile.CopyAsync(stream, cancellationToken).ConfigureAwait(false);
        try
        {
            return new LlamaModel(options.At(copy.Path, 0), logger, timeProvider) { _temporaryFile = copy };
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Estimates what loading a model takes of memory, from the header of the file: nothing is loaded, and no native library is needed.</summary>
    /// <param name="options">Where the file is and how it would be run.</param>
    /// <param name="context">A context like those of <see cref="CreateContext"/>; null is that of the model itself.</param>
    /// <returns>
    /// Bytes: weights and KV memory from their shapes, compute buffers by a formula that follows what the library reports
    /// for the llama architecture on a CPU. An upper limit for models with sliding windows or recurrent layers.
    /// </returns>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of its range.</exception>
    /// <exception cref="ModelLoadException">The file is not a model, or was not trained for such a context.</exception>
    public static ModelMemoryEstimate EstimateMemory(LlamaModelOptions options, LlamaContextOptions? context = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsDoor.Require(options);
        context ??= options.ToContextOptions() with { ContextSize = options.ContextSize };
        OptionsDoor.Require(context);
        GgufFile file = ModelFile.ReadChecked(options.ModelPath, offset: options.ModelOffset);
        MemoryDoor.RequireFit(file, context.KeyType, context.ValueType);
        int requested = context.ContextSize > 0 ? context.ContextSize : options.ContextSize;
        return MemoryEstimator.Estimate(file, context, ModelFile.RequireContextSize(file, requested, Math.Max(context.MaxSequences, 1)), MemoryEstimator.WeightBytes(file));
    }

    /// <summary>Creates a context of the caller's own on the loaded weights, for hosts that drive the decode loop themselves. It stays valid after <see cref="Free"/>.</summary>
    /// <param name="options">What differs from the model's options.</param>
    /// <returns>A context to be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ModelLoadException">The library could not, or the size is more than the model was trained for.</exception>
    public LlamaContext CreateContext(LlamaContextOptions? options = null)
    {
        options ??= _options.ToContextOptions();
        OptionsDoor.Require(options);
        ModelSession session = Lease();
        try
        {
            return session.CreateContext(options);
        }
        finally
        {
            session.Release();
        }
    }

    /// <summary>Creates an embedder on the loaded weights. It stays valid after <see cref="Free"/>.</summary>
    /// <param name="options">How texts become vectors; null takes the defaults.</param>
    /// <returns>An embedder to be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ModelLoadException">The library could not, the size is more than the model was trained for, or it cannot rank.</exception>
    public LlamaEmbedder CreateEmbedder(EmbedderOptions? options = null)
    {
        options ??= new EmbedderOptions();
        OptionsDoor.Require(options);
        ModelSession session = Lease();
        try
        {
            return session.CreateEmbedder(_options, options, _time);
        }
        finally
        {
            session.Release();
        }
    }

    /// <summary>Loads a LoRA adapter for the loaded weights, for <see cref="CompletionOptions.Adapters"/> and <see cref="LlamaContext.SetAdapters"/>. It stays valid after <see cref="Free"/>, for contexts that do.</summary>
    /// <param name="path">A GGUF file of the type <c>adapter</c>.</param>
    /// <returns>An adapter to be disposed.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ModelLoadException">The file cannot be read, is not an adapter for this model, or the library refused it; the message says why.</exception>
    public LlamaAdapter LoadAdapter(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ModelSession session = Lease();
        try
        {
            return session.LoadAdapter(path);
        }
        finally
        {
            session.Release();
        }
    }

    /// <inheritdoc/>
    public void Initialize(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Join(progress) is not { } loading)
        {
            return;
        }
        int left = 0;
        using (cancellationToken.UnsafeRegister(_ => LeaveOnce(), null)) // a load that nobody wants stops at once, not when this thread wakes up
        {
            try
            {
                loading.Wait(cancellationToken);
            }
            finally
            {
                LeaveOnce();
            }
        }

        void LeaveOnce()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                Leave(loading);
            }
        }
    }

    /// <inheritdoc/>
    public async Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Join(progress) is not { } loading)
        {
            return;
        }
        try
        {
            await loading.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(loading);
        }
    }

    /// <inheritdoc/>
    public string Predict(string prompt) => Predict(prompt, options: null).Text;

    /// <inheritdoc/>
    public Completion PredictWithTimeout(string prompt, TimeSpan timeout, InterruptionBehavior onTimeout = InterruptionBehavior.Throw) =>
        Predict(prompt, new CompletionOptions { Timeout = timeout, OnInterruption = onTimeout });

    /// <inheritdoc/>
    public Completion Predict(string prompt, CompletionOptions? options, TextHandler? onText = null, CancellationToken cancellationToken = default)
    {
        using PredictCall call = Begin(new Prompt(prompt), options, cancellationToken);
        return call.Finish(call.WaitForTurn() ? call.Run(onText) : null);
    }

    /// <inheritdoc/>
    public Completion PredictChat(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default)
    {
        using PredictCall call = Begin(new Prompt(messages), options, cancellationToken);
        return call.Finish(call.WaitForTurn() ? call.Run(onText) : null);
    }

    /// <inheritdoc/>
    public Task<Completion> PredictAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default) =>
        PredictAsync(new Prompt(prompt), options, onText: null, cancellationToken);

    /// <inheritdoc/>
    public Task<Completion> PredictAsync(string prompt, CompletionOptions? options, TextHandler? onText, CancellationToken cancellationToken = default) =>
        PredictAsync(new Prompt(prompt), options, onText, cancellationToken);

    /// <inheritdoc/>
    public Task<Completion> PredictChatAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default) =>
        PredictAsync(new Prompt(messages), options, onText, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<CompletionChunk> PredictStreamingAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default) =>
        CompletionStream.Run((onText, token) => PredictAsync(new Prompt(prompt), options, onText, token), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<CompletionChunk> PredictChatStreamingAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, CancellationToken cancellationToken = default) =>
        CompletionStream.Run((onText, token) => PredictAsync(new Prompt(messages), options, onText, token), cancellationToken);

    /// <inheritdoc/>
    public int EstimateTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encoding.UTF8.GetByteCount(text) / 4;
    }

    /// <inheritdoc/>
    public int CountTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ModelSession session = Lease();
        try
        {
            return session.Vocab.Tokenize(text).Length;
        }
        finally
        {
            session.Release();
        }
    }

    /// <inheritdoc/>
    public int CountTokens(IReadOnlyList<ChatMessage> messages)
    {
        ModelSession session = Lease();
        try
        {
            using PromptTokens tokens = session.Tokenize(new Prompt(messages), parseSpecial: false);
            return tokens.Count;
        }
        finally
        {
            session.Release();
        }
    }

    /// <summary>Saves what is decoded of the last conversation, so that another process need not decode it again.</summary>
    /// <param name="destination">Receives the bytes.</param>
    /// <param name="cancellationToken">Gives up waiting for a running call.</param>
    /// <returns>The number of tokens saved.</returns>
    /// <exception cref="InvalidOperationException">The model is not initialized, or the conversation was computed with LoRA adapters.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public async Task<int> SavePromptCacheAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ModelSession session = Lease();
        try
        {
            (byte[] saved, int tokens) = await session.SaveCacheAsync(cancellationToken).ConfigureAwait(false);
            await destination.WriteAsync(saved, cancellationToken).ConfigureAwait(false);
            return tokens;
        }
        finally
        {
            session.Release();
        }
    }

    /// <summary>Restores what <see cref="SavePromptCacheAsync"/> saved. Prompts that begin with the same tokens start behind them.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="cancellationToken">Gives up waiting for a running call.</param>
    /// <returns>The number of tokens restored.</returns>
    /// <exception cref="InvalidDataException">It is damaged, of another model, or of another version of the library; the model works on without it.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public async Task<int> LoadPromptCacheAsync(Stream source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ModelSession session = Lease();
        try
        {
            using var saved = new MemoryStream();
            await source.CopyToAsync(saved, cancellationToken).ConfigureAwait(false);
            return await session.LoadCacheAsync(saved.GetBuffer().AsMemory(0, (int)saved.Length), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            session.Release();
        }
    }

    /// <inheritdoc/>
    public ModelInfo GetModelInfo()
    {
        ModelSession? session;
        lock (_gate)
        {
            session = _session;
        }
        SamplingDefaults sampling = SamplingDefaults.Of(_options, session?.RecommendedSampling);
        return new ModelInfo
        {
            Path = _options.ModelPath,
            ModelType = session?.Architecture ?? "gguf",
            Backend = ModelInfo.BackendLlama,
            ContextSize = session?.ContextSize ?? (_options.ContextSize > 0 ? _options.ContextSize : LlamaModelOptions.DefaultContextSize),
            Threads = _options.Threads,
            Temperature = sampling.Temperature,
            TopP = sampling.TopP,
            IsInitialized = session is not null,
            Description = session?.Description,
            ParameterCount = session?.ParameterCount ?? 0,
            HasChatTemplate = session?.ChatTemplate is not null,
        };
    }

    /// <inheritdoc/>
    public void Free()
    {
        ModelLoading? loading;
        ModelSession? session;
        lock (_gate)
        {
            (loading, _loading) = (_loading, null);
            (session, _session) = (_session, null);
        }
        loading?.Stop();
        if (session is not null)
        {
            session.Dispose();
            _logger.LogInformation("Freed model '{Path}'", _options.ModelPath);
        }
    }

    /// <summary>Frees the model for good.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }
        Free();
        _temporaryFile?.Dispose();
    }

    private ModelSession Session
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _session ?? throw new InvalidOperationException($"model not initialized: call {nameof(Initialize)} before (after {nameof(Free)}, again)");
            }
        }
    }

    internal ModelSession Lease()
    {
        while (true)
        {
            ModelSession session = Session;
            if (session.TryLease())
            {
                return session;
            }
            // Freed between the two lines; the next look finds no session, or the next one.
        }
    }

    private PredictCall Begin(Prompt prompt, CompletionOptions? options, CancellationToken cancellationToken) =>
        new(Lease(), _options, _time, prompt, options, cancellationToken);

    private async Task<Completion> PredictAsync(Prompt prompt, CompletionOptions? options, TextHandler? onText, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // tokenizing and decoding belong on a pool thread
        using PredictCall call = Begin(prompt, options, cancellationToken);
        return call.Finish(await call.WaitForTurnAsync().ConfigureAwait(false) ? call.Run(onText) : null);
    }

    /// <summary>Joins the load that runs, or begins one; null when the model is loaded.</summary>
    private ModelLoading? Join(IProgress<float>? progress)
    {
        ModelLoading loading;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_session is not null)
            {
                return null;
            }
            if (_loading is null)
            {
                _loading = new ModelLoading(_options);
                _loading.Join();
                _loading.ReportTo(progress); // before it starts, so that nothing is missed
                _loading.Start(Accept, Forget);
                return _loading;
            }
            loading = _loading;
            loading.Join();
        }
        try
        {
            loading.ReportTo(progress); // outside of the lock: the listener hears at once, and may call this model
        }
        catch
        {
            Leave(loading);
            throw;
        }
        return loading;
    }

    private void Leave(ModelLoading loading)
    {
        lock (_gate)
        {
            if (loading.Leave() && !loading.Completion.IsCompleted)
            {
                loading.Stop();
                if (_loading == loading)
                {
                    _loading = null; // the next caller begins anew
                }
            }
        }
    }

    private bool Accept(ModelLoading loading, ModelSession session)
    {
        lock (_gate)
        {
            if (_loading != loading)
            {
                return false;
            }
            _loading = null;
            _session = session;
        }
        if (session is { StatesChatTemplate: true, ChatTemplate: null })
        {
            _logger.LogWarning("Model '{Path}' states a chat template that the library does not know: it takes prompts of text only", _options.ModelPath);
        }
        if (session.FallbackReason is { } reason)
        {
            _logger.LogWarning("Model '{Path}' runs on the CPU: {Reason}", _options.ModelPath, reason);
        }
        _logger.LogInformation("Loaded model '{Path}' ({Description}) with a context of {ContextSize} tokens", _options.ModelPath, session.Description, session.ContextSize);
        return true;
    }

    private void Forget(ModelLoading loading)
    {
        lock (_gate)
        {
            if (_loading == loading)
            {
                _loading = null;
            }
        }
    }
}
