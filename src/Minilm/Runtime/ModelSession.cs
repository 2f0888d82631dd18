using Minilm.Generation;
using Minilm.Gguf;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm.Runtime;

/// <summary>One loaded model with the context that its callers take turns on. Closed at any moment; released when the last call has ended.</summary>
internal sealed class ModelSession : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private int _leases;
    private readonly GgufFile _file;
    private bool _closed;

    private ModelSession(GgufFile file, SafeLlamaModelHandle handle, LlamaContext context, int contextSize)
    {
        _file = file;
        Handle = handle;
        Context = context;
        ContextSize = contextSize;
        Vocab = new LlamaVocab(handle, ownsModel: false);
        Loop = new DecodeLoop(context, Vocab);
        Architecture = file.Facts.Architecture ?? "unknown";
        Description = Describe(handle);
        ParameterCount = (long)NativeMethods.llama_model_n_params(handle);
        TrainedContextSize = NativeMethods.llama_model_n_ctx_train(handle);
        Closing = _closing.Token;
    }

    public SafeLlamaModelHandle Handle { get; }

    public LlamaVocab Vocab { get; }

    public LlamaContext Context { get; }

    public DecodeLoop Loop { get; }

    public int ContextSize { get; }

    public int TrainedContextSize { get; }

    public string Architecture { get; }

    public string Description { get; }

    public long ParameterCount { get; }

    /// <summary>Gets the turn on the context: one call at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Gets or sets the managed id of the thread whose turn it is; 0 when there is none.</summary>
    public int RunningThread { get; set; }

    /// <summary>Gets the token that is cancelled when the session closes.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Loads a model and creates its context.</summary>
    /// <exception cref="ModelLoadException">The file is not a model that can be loaded; the message says why.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public static ModelSession Load(LlamaModelOptions options, LoadProgress progress)
    {
        GgufFile file = ModelFile.ReadChecked(options.ModelPath);
        int contextSize = ModelFile.RequireContextSize(file, options.ContextSize, sequences: 1, Machine.AvailableMemory);
        LlamaRuntime.Initialize(options.NativeLibraryPath);
        progress.ThrowIfStopped();
        SafeLlamaModelHandle handle = ModelFile.Load(options.ModelPath, options, progress);
        LlamaContext? context = null;
        try
        {
            if (NativeMethods.llama_model_has_encoder(handle) || !NativeMethods.llama_model_has_decoder(handle))
            {
                throw new ModelLoadException($"'{options.ModelPath}' ({file.Facts.Architecture}) is not a decoder-only model; completing prompts needs one.");
            }
            context = LlamaContext.Create(handle, options.ToContextOptions(), contextSize);
            return new ModelSession(file, handle, context, contextSize);
        }
        catch
        {
            context?.Dispose();
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Creates another context on the same weights.</summary>
    /// <exception cref="ModelLoadException">The library could not, or the size cannot be had.</exception>
    public LlamaContext CreateContext(LlamaContextOptions options)
    {
        int requested = options.ContextSize > 0 ? options.ContextSize : ContextSize;
        return LlamaContext.Create(Handle, options, ModelFile.RequireContextSize(_file, requested, Math.Max(options.MaxSequences, 1), Machine.AvailableMemory));
    }

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

    private static unsafe string Describe(SafeLlamaModelHandle model)
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* pointer = buffer)
        {
            int length = NativeMethods.llama_model_desc(model, pointer, (nuint)buffer.Length);
            return System.Text.Encoding.UTF8.GetString(buffer[..Math.Clamp(length, 0, buffer.Length - 1)]);
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
