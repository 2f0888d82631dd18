using System.Runtime.CompilerServices;
using System.Text;
using Minilm.Generation;
using Minilm.Gguf;
using Minilm.Interop;
using Minilm.Interop.Handles;
using Minilm.Validation;

namespace Minilm.Runtime;

/// <summary>One loaded model with the context that its callers take turns on. Closed at any moment; released when the last call has ended.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly GgufFile _file;
    private readonly ModelFingerprint _fingerprint;
    private readonly Lazy<ControlTokens> _controlTokens;
    private readonly ConditionalWeakTable<ModelSession, Tuple<string?>> _comparisons = [];
    private int _leases;
    private bool _closed;

    private ModelSession(GgufFile file, SafeLlamaModelHandle handle, LlamaContext context, int contextSize, ModelFingerprint fingerprint, string? chatTemplate)
    {
        _file = file;
        _fingerprint = fingerprint;
        Handle = handle;
        Context = context;
        ContextSize = contextSize;
        Vocab = new LlamaVocab(handle, ownsModel: false);
        Cache = new SequenceCache(context, contextSize);
        Loop = new DecodeLoop(context, Vocab, Cache);
        Architecture = file.Facts.Architecture ?? "unknown";
        Description = Describe(handle);
        ParameterCount = (long)NativeMethods.llama_model_n_params(handle);
        TrainedContextSize = NativeMethods.llama_model_n_ctx_train(handle);
        CanRollBack = !NativeMethods.llama_model_is_recurrent(handle) && !NativeMethods.llama_model_is_hybrid(handle);
        ChatTemplate = chatTemplate is null ? ChatTemplate.TryCreate(file.Facts.ChatTemplate) : ChatTemplate.Require(chatTemplate);
        _controlTokens = new Lazy<ControlTokens>(() => new ControlTokens(Vocab));
        Closing = _closing.Token;
    }

    public SafeLlamaModelHandle Handle { get; }

    public LlamaVocab Vocab { get; }

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

    /// <summary>Gets the model's chat template; null when it states none, or one that the library does not know.</summary>
    public ChatTemplate? ChatTemplate { get; }

    /// <summary>Gets a value indicating whether the model states a chat template, known or not.</summary>
    public bool StatesChatTemplate => _file.Facts.HasChatTemplate;

    /// <summary>Gets why the CPU computes instead of the device that was asked for; null when nothing is missing.</summary>
    public string? FallbackReason { get; private init; }

    /// <summary>Gets the sampling values that the model's file recommends.</summary>
    public GgufSamplingFacts RecommendedSampling => _file.Facts.Sampling;

    /// <summary>Gets the turn on the context: one call at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Gets or sets the managed id of the thread whose turn it is; 0 when there is none.</summary>
    public int RunningThread { get; set; }

    /// <summary>Gets the token that is cancelled when the session closes.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Loads a model and creates its context.</summary>
    /// <exception cref="ModelLoadException">The file is not a model that can be loaded; the message says why.</exception>
    /// <exception cref="ArgumentException">The chat template of the options is not one that the library knows.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public static ModelSession Load(LlamaModelOptions options, LoadProgress progress)
    {
        GgufFile file = ModelFile.ReadChecked(options.ModelPath, offset: options.ModelOffset, anyExtension: options.AnyExtension);
        MemoryDoor.RequireFit(file, options.KeyType, options.ValueType);
        int contextSize = ModelFile.RequireContextSize(file, options.ContextSize, sequences: 1);
        bool mapped = ModelFile.LoadModeOf(options) is ModelLoadMode.Auto or ModelLoadMode.Mapped;
        ModelFile.RequireMemory(file, MemoryEstimator.Estimate(file, options.ToContextOptions(), contextSize, MemoryEstimator.WeightBytes(file)), withWeights: !mapped, Machine.AvailableMemory);
        LlamaRuntime.Initialize(options.NativeLibraryPath);
        progress.ThrowIfStopped();
        DeviceChoice devices = DeviceChoice.Of(options);
        SafeLlamaModelHandle handle = ModelFile.Load(options.ModelPath, options, progress, devices);
        LlamaContext? context = null;
        try
        {
            if (NativeMethods.llama_model_has_encoder(handle) || !NativeMethods.llama_model_has_decoder(handle))
            {
                throw new ModelLoadException($"'{options.ModelPath}' ({file.Facts.Architecture}) is not a decoder-only model; completing prompts needs one.");
            }
            var fingerprint = new ModelFingerprint(file, options.ModelOffset);
            context = LlamaContext.Create(handle, options.ToOwnContextOptions(), contextSize, fingerprint);
            if (context.Handle.Memory.IsInvalid)
            {
                throw new ModelLoadException($"'{options.ModelPath}' ({file.Facts.Architecture}) is an encoder: it sees texts as a whole and cannot complete them. {nameof(LlamaEmbedder)} turns texts into vectors with it.");
            }
            return new ModelSession(file, handle, context, contextSize, fingerprint, options.ChatTemplate) { FallbackReason = devices.FallbackReason };
        }
        catch
        {
            context?.Dispose();
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Says why another model's tokens do not mean what this one's mean; null when they do. Compared once for each pair.</summary>
    public string? FindVocabularyDifference(ModelSession other)
    {
        lock (_comparisons)
        {
            if (_comparisons.TryGetValue(other, out Tuple<string?>? known))
            {
                return known.Item1;
            }
            string? difference = Vocab.Count != other.Vocab.Count ? $"has a vocabulary of {other.Vocab.Count} tokens, the model that is called has {Vocab.Count}" : null;
            for (int token = 0; difference is null && token < Vocab.Count; token++)
            {
                if (!Vocab.GetPiece(token).AsSpan().SequenceEqual(other.Vocab.GetPiece(token)))
                {
                    difference = $"has another vocabulary: token {token} differs";
                }
            }
            _comparisons.Add(other, Tuple.Create(difference));
            return difference;
        }
    }

    /// <summary>Tokenizes a prompt as this model wants it, in a buffer to be disposed.</summary>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="NotSupportedException">The model has no chat template that the library knows, or it leaves a message out.</exception>
    /// <exception cref="ContextOverflowException">The prompt cannot fit into the context window, however it is split.</exception>
    public PromptTokens Tokenize(Prompt prompt, bool parseSpecial)
    {
        if (prompt.Messages is not { } messages)
        {
            ArgumentException.ThrowIfNullOrEmpty(prompt.Text, nameof(prompt));
            RequireRoom(Encoding.UTF8.GetByteCount(prompt.Text));
            return PromptTokens.Of(Vocab, prompt.Text, addSpecial: true, parseSpecial);
        }
        ChatTemplate.Require(messages);
        IReadOnlyList<PromptPart> parts = (ChatTemplate ?? throw NoChatTemplate()).Render(messages);
        RequireRoom(parts.Sum(part => part.FromTemplate ? 0L : Encoding.UTF8.GetByteCount(part.Text)));
        return PromptTokens.Of(Vocab, _controlTokens.Value, parts);
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

    /// <summary>Makes the exception for a prompt that is too long.</summary>
    public ContextOverflowException Overflow(string count, long tokens) => new(
        $"The prompt has {count} tokens, but the context window is {ContextSize}. Shorten the prompt, or configure a larger {nameof(LlamaModelOptions.ContextSize)} (the model was trained for {TrainedContextSize}).",
        tokens,
        ContextSize);

    /// <summary>Creates another context on the same weights.</summary>
    /// <exception cref="ModelLoadException">The library could not, or the size cannot be had.</exception>
    public LlamaContext CreateContext(LlamaContextOptions options)
    {
        MemoryDoor.RequireFit(_file, options.KeyType, options.ValueType);
        int requested = options.ContextSize > 0 ? options.ContextSize : ContextSize;
        int contextSize = ModelFile.RequireContextSize(_file, requested, Math.Max(options.MaxSequences, 1));
        ModelFile.RequireMemory(_file, MemoryEstimator.Estimate(_file, options, contextSize, weightBytes: 0), withWeights: false, Machine.AvailableMemory);
        return LlamaContext.Create(Handle, options, contextSize, _fingerprint);
    }

    /// <summary>Creates an embedder on the same weights.</summary>
    /// <exception cref="ModelLoadException">The library could not, or the size or the pooling cannot be had.</exception>
    public LlamaEmbedder CreateEmbedder(LlamaModelOptions defaults, EmbedderOptions options, TimeProvider time) => LlamaEmbedder.Create(Handle, _file, defaults, options, time);

    /// <summary>Loads a LoRA adapter for this model.</summary>
    /// <exception cref="ModelLoadException">The file does not fit the model, or the library refused it.</exception>
    public LlamaAdapter LoadAdapter(string path) => LlamaAdapter.Load(Handle, _file, path);

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

    // Before the work: tokenizing megabytes takes longer than any deadline.
    private void RequireRoom(long bytes)
    {
        if (bytes / 16 > ContextSize && bytes / Vocab.LongestPiece > ContextSize)
        {
            throw Overflow($"at least {bytes / Vocab.LongestPiece}", bytes / Vocab.LongestPiece);
        }
    }

    private NotSupportedException NoChatTemplate() => new(
        $"The model states {(StatesChatTemplate ? "a chat template that the library does not know" : "no chat template")}. Give it a prompt of text, or choose a template: {string.Join(", ", ChatTemplate.BuiltInNames)}.");

    private static unsafe string Describe(SafeLlamaModelHandle model)
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* pointer = buffer)
        {
            int length = NativeFailure.Require(NativeMethods.minilm_model_desc(model, pointer, (nuint)buffer.Length), "llama_model_desc");
            return Encoding.UTF8.GetString(buffer[..Math.Clamp(length, 0, buffer.Length - 1)]);
        }
    }

    private void DisposeNative()
    {
        Context.Dispose();
        Handle.Dispose();
        Turn.Dispose();
        _closing.Dispose();
    }
}
