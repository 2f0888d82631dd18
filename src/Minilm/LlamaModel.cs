using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Minilm.Abstractions;
using Minilm.Engine;
using Minilm.Loading;

namespace Minilm;

/// <summary>A GGUF model that runs in this process through llama.cpp. All members may be called from any thread.</summary>
public sealed partial class LlamaModel : ISynchronousLanguageModel
{
    private readonly Lock _gate = new();
    private readonly LlamaModelOptions _options;
    private readonly LlamaThreadPool? _pool;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private TemporaryModelFile? _temporaryFile; // of FromStreamAsync
    private ModelLoading? _loading;
    private ModelSession? _session;
    private bool _disposed;

    /// <summary>Configures a model; nothing is looked at or loaded until <see cref="Initialize"/>.</summary>
    /// <param name="options">Where the file is and how to run it; read once.</param>
    /// <param name="logger">Receives loads and releases.</param>
    /// <param name="timeProvider">The clock of deadlines and usage.</param>
    /// <param name="threadPool">The threads that compute, shared with other models and contexts, which then take turns; null is threads of its own.</param>
    /// <exception cref="ArgumentException">The path is empty ("model path is required"), an option is out of its range, or there are more threads than the pool has.</exception>
    public LlamaModel(LlamaModelOptions options, ILogger<LlamaModel>? logger = null, TimeProvider? timeProvider = null, LlamaThreadPool? threadPool = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsRules.Require(OptionsRules.Validate(options));
        threadPool?.Require(options);
        _options = options.WithDefaults(threadPool?.Threads);
        _pool = threadPool;
        _logger = logger ?? NullLogger<LlamaModel>.Instance;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc cref="LlamaModel(LlamaModelOptions, ILogger{LlamaModel}?, TimeProvider?, LlamaThreadPool?)"/>
    public LlamaModel(IOptions<LlamaModelOptions> options, ILogger<LlamaModel>? logger = null, TimeProvider? timeProvider = null, LlamaThreadPool? threadPool = null)
        : this((options ?? throw new ArgumentNullException(nameof(options))).Value, logger, timeProvider, threadPool)
    {
    }

    /// <summary>Gets the context window in tokens: prompt and completion together. Known before <see cref="Initialize"/> only if it was configured.</summary>
    public int ContextSize => GetModelInfo().ContextSize;

    /// <summary>Gets the vocabulary of the loaded model. It works until <see cref="Free"/>.</summary>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    public LlamaVocab Vocab => Session.Vocab;

    /// <summary>Configures a model that begins at the position of a stream; nothing is loaded until <see cref="Initialize"/>.</summary>
    /// <param name="stream">
    /// A <see cref="FileStream"/> of a file on disk is read in place by its name, from its position on. libllama reads
    /// files only, so what any other stream holds is copied to a private temporary file, deleted by <see cref="Dispose"/>.
    /// The stream is not disposed, and not needed any more on return.
    /// </param>
    /// <param name="options">How to run it; the path and the offset in it are not used.</param>
    /// <param name="logger">Receives loads and releases.</param>
    /// <param name="timeProvider">The clock of deadlines and usage.</param>
    /// <param name="threadPool">The threads that compute; null is threads of its own.</param>
    /// <param name="cancellationToken">Stops copying.</param>
    /// <returns>A model to be disposed.</returns>
    /// <exception cref="ArgumentException">The stream cannot be read, or an option is out of its range.</exception>
    /// <exception cref="IOException">The stream could not be copied.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<LlamaModel> FromStreamAsync(Stream stream, LlamaModelOptions? options = null, ILogger<LlamaModel>? logger = null, TimeProvider? timeProvider = null, LlamaThreadPool? threadPool = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new LlamaModelOptions();
        OptionsRules.Require(OptionsRules.Validate(options.At("stream", 0))); // before anything is copied
        if (stream is FileStream { CanSeek: true } file && File.Exists(file.Name))
        {
            return new LlamaModel(options.At(Path.GetFullPath(file.Name), file.Position), logger, timeProvider, threadPool);
        }
        TemporaryModelFile copy = await TemporaryModelFile.CopyAsync(stream, cancellationToken).ConfigureAwait(false);
        try
        {
            return new LlamaModel(options.At(copy.Path, 0), logger, timeProvider, threadPool) { _temporaryFile = copy };
        }
        catch
        {
            copy.Dispose();
            throw;
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
            ContextSize = session?.ContextSize ?? _options.ContextSize ?? LlamaModelOptions.DefaultContextSize,
            Threads = _options.Threads ?? LlamaModelOptions.DefaultThreads,
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

    /// <summary>Frees the model for good.</summary>
    /// <returns>A task that ends when the running calls have ended and the memory is released.</returns>
    public async ValueTask DisposeAsync()
    {
        ModelSession? session;
        lock (_gate)
        {
            session = _session;
        }
        Dispose();
        if (session is not null)
        {
            await session.Released.ConfigureAwait(false);
        }
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

    /// <summary>Takes part in the loaded session until the lease is disposed.</summary>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    private SessionLease Lease()
    {
        while (true)
        {
            ModelSession session = Session;
            if (session.TryLease())
            {
                return new SessionLease(session);
            }
            // Freed between the two lines; the next look finds no session, or the next one.
        }
    }
}
