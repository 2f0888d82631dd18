using Minilm.Abstractions;
using Minilm.Chat;
using Minilm.Gguf;
using Minilm.Loading;

namespace Minilm.Engine;

/// <summary>One loaded model with the context that its callers take turns on. Closed at any moment; released when the last call has ended.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly ModelFingerprint _fingerprint;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _leases;
    private bool _closed;

    private ModelSession(GgufFile file, LlamaWeights weights, LlamaContext context, int contextSize, ModelFingerprint fingerprint, string? chatTemplate)
    {
        File = file;
        _fingerprint = fingerprint;
        Weights = weights;
        Context = context;
        ContextSize = contextSize;
        Cache = new SequenceCache(context, contextSize);
        Loop = new DecodeLoop(context, Vocab, Cache);
        Architecture = file.Facts.Architecture ?? "unknown";
        Description = weights.Description;
        ParameterCount = weights.ParameterCount;
        TrainedContextSize = weights.TrainedContextSize;
        CanRollBack = !weights.IsRecurrent;
        ChatTemplate = chatTemplate is null ? BuiltInChatTemplate.TryCreate(file.Facts.ChatTemplate) : BuiltInChatTemplate.Require(chatTemplate);
        Tokenizer = new PromptTokenizer(Vocab, ChatTemplate, StatesChatTemplate, contextSize, TrainedContextSize);
        Drafts = new VocabularyComparison(Vocab);
        Closing = _closing.Token;
    }

    /// <summary>Gets the header of the model's file.</summary>
    public GgufFile File { get; }

    public LlamaWeights Weights { get; }

    public LlamaVocab Vocab => Weights.Vocab;

    /// <summary>Gets the adapters that were loaded for these weights.</summary>
    public AdapterRegistry Adapters { get; } = new();

    public PromptTokenizer Tokenizer { get; }

    /// <summary>Gets what tells whether another model may draft for this one.</summary>
    public VocabularyComparison Drafts { get; }

    public LlamaContext Context { get; }

    public DecodeLoop Loop { get; }

    /// <summary>Gets what the context's memory holds. Only the call whose turn it is may use it.</summary>
    public SequenceCache Cache { get; }

    public int ContextSize { get; }

    public int TrainedContextSize { get; }

    public string Architecture { get; }

    public string Description { get; }

    public long ParameterCount { get; }

    /// <summary>Gets a value indicating whether the end of a sequence can be taken back; recurrent memory cannot.</summary>
    public bool CanRollBack { get; }

    /// <summary>Gets the model's chat template; null when it states none, or one that libllama does not know.</summary>
    public BuiltInChatTemplate? ChatTemplate { get; }

    /// <summary>Gets a value indicating whether the model states a chat template, known or not.</summary>
    public bool StatesChatTemplate => File.Facts.HasChatTemplate;

    /// <summary>Gets why the CPU computes instead of the device that was asked for; null when nothing is missing.</summary>
    public string? FallbackReason { get; private init; }

    /// <summary>Gets the sampling values that the model's file recommends.</summary>
    public GgufSamplingFacts RecommendedSampling => File.Facts.Sampling;

    /// <summary>Gets the turn on the context: one call at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Gets or sets the managed id of the thread whose turn it is; 0 when there is none.</summary>
    public int RunningThread { get; set; }

    /// <summary>Gets the task that ends when the memory is released.</summary>
    public Task Released => _released.Task;

    /// <summary>Gets the token that is cancelled when the session closes.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Loads a model and creates its context.</summary>
    /// <exception cref="ModelLoadException">The file is not a model that can be loaded; the message says why.</exception>
    /// <exception cref="ArgumentException">The chat template of the options is not one that libllama knows, or the pool has too few threads.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public static ModelSession Load(LlamaModelOptions options, LlamaThreadPool? pool, LoadProgress progress)
    {
        GgufFile file = GgufModelFile.ReadChecked(options.ModelPath, offset: options.ModelOffset, anyExtension: options.AnyExtension);
        ContextLimits.RequireFit(file, options);
        int contextSize = ContextLimits.RequireContextSize(file, options.ContextSize, sequences: 1);
        bool mapped = options.EffectiveLoadMode is ModelLoadMode.Auto or ModelLoadMode.Mapped;
        ContextLimits.RequireMemory(file, MemoryEstimator.Estimate(file, options.ToContextOptions(), contextSize, MemoryEstimator.WeightBytes(file)), withWeights: !mapped, Machine.AvailableMemory);
        LlamaRuntime.Initialize(options.NativeLibraryPath);
        progress.ThrowIfStopped();
        DeviceChoice devices = DeviceChoice.Of(options);
        LlamaWeights weights = ModelFile.Load(options, progress, devices);
        LlamaContext? context = null;
        try
        {
            if (!weights.IsDecoderOnly)
            {
                throw new ModelLoadException($"'{options.ModelPath}' ({file.Facts.Architecture}) is not a decoder-only model; completing prompts needs one.", ModelLoadReason.Unsupported);
            }
            var fingerprint = new ModelFingerprint(file, options.ModelOffset);
            context = LlamaContext.Create(weights, options.ToOwnContextOptions(), contextSize, fingerprint, pool);
            if (!context.HasMemory)
            {
                throw new ModelLoadException($"'{options.ModelPath}' ({file.Facts.Architecture}) is an encoder: it sees texts as a whole and cannot complete them. LlamaEmbedder turns texts into vectors with it.", ModelLoadReason.Unsupported);
            }
            return new ModelSession(file, weights, context, contextSize, fingerprint, options.ChatTemplate) { FallbackReason = devices.FallbackReason };
        }
        catch
        {
            context?.Dispose();
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Saves the sequence that was used last.</summary>
    public async Task<(byte[] Saved, int Tokens)> SaveCacheAsync(CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CachedSequence sequence = Cache.Latest;
            if (sequence.Adapters != 0)
            {
                throw new InvalidOperationException("The last conversation was computed with LoRA adapters, which a saved cache does not know. Save one without.");
            }
            Cache.Trim(sequence, sequence.Reusable);
            return (Context.SaveSequence(sequence.Tokens, sequence.Id), sequence.Count);
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Restores a sequence.</summary>
    /// <exception cref="InvalidDataException">It does not fit this model.</exception>
    public async Task<int> LoadCacheAsync(ReadOnlyMemory<byte> saved, CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CachedSequence sequence = Cache.TakeEmpty();
            sequence.Adapters = 0; // none is saved that was computed with adapters
            int[] tokens = Context.LoadSequence(saved.Span, sequence.Id);
            if (tokens.Length > ContextSize)
            {
                Context.RemoveTokens(sequence.Id);
                throw new InvalidDataException($"The saved sequence has {tokens.Length} tokens and does not fit into this context of {ContextSize}.");
            }
            sequence.Append(tokens);
            return sequence.Count;
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Creates another context on the same weights.</summary>
    /// <exception cref="ArgumentException">The pool has too few threads.</exception>
    /// <exception cref="ModelLoadException">libllama could not, or the size cannot be had.</exception>
    public LlamaContext CreateContext(LlamaContextOptions options, LlamaThreadPool? pool)
    {
        pool?.Require(options);
        ContextLimits.RequireFit(File, options);
        int contextSize = ContextLimits.RequireContextSize(File, options.ContextSize ?? ContextSize, options.Sequences);
        ContextLimits.RequireMemory(File, MemoryEstimator.Estimate(File, options, contextSize, weightBytes: 0), withWeights: false, Machine.AvailableMemory);
        return LlamaContext.Create(Weights, options, contextSize, _fingerprint, pool);
    }

    /// <summary>Loads a LoRA adapter for this model.</summary>
    /// <exception cref="ArgumentException">There is an adapter of the name.</exception>
    /// <exception cref="ModelLoadException">The file does not fit the model, or libllama refused it.</exception>
    public LlamaAdapter LoadAdapter(string path, string? name) => Adapters.Add(path, name, chosen => LlamaAdapter.Load(Weights, File, path, chosen));

    /// <summary>Takes part in the session until <see cref="Release"/>; false when it is closed.</summary>
    public bool TryLease()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }
            _leases++;
            return true;
        }
    }

    /// <summary>Ends what <see cref="TryLease"/> began; the last one to leave a closed session releases the memory.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (--_leases > 0 || !_closed)
            {
                return;
            }
        }
        DisposeNative();
    }

    /// <summary>Stops all calls. The last one to end releases the memory; this call does when there is none.</summary>
    public void Dispose()
    {
        bool last;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }
            _closed = true;
            last = _leases == 0;
            _leases++; // nobody else disposes while the token's callbacks run
        }
        _closing.Cancel();
        if (last)
        {
            DisposeNative();
        }
        else
        {
            Release();
        }
    }

    private void DisposeNative()
    {
        Context.Dispose();
        Weights.Dispose();
        Turn.Dispose();
        _closing.Dispose();
        _released.SetResult();
    }
}
