namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_context</c> and a reference on its model and its abort object.</summary>
internal sealed unsafe class SafeLlamaContextHandle : SafeMinilmHandle<llama_context>
{
    private SafeLlamaModelHandle? _model;
    private SafeAbortHandle? _abort;
    private readonly List<SafeThreadPoolHandle> _pools = []; // all that were ever attached: the CPU backend looks at the previous one when it gets another
    private SafeLlamaAdapterHandle[] _adapters = [];
    private LlamaMemoryHandle? _memory;

    /// <summary>Gets the memory, which belongs to the context.</summary>
    public LlamaMemoryHandle Memory => _memory!;

    /// <summary>Gets the model that it was created on.</summary>
    public SafeLlamaModelHandle Model => _model!;

    /// <summary>Creates a context. The result is invalid when libllama could not.</summary>
    public static SafeLlamaContextHandle Create(SafeLlamaModelHandle model, SafeAbortHandle abort, minilm_context_params parameters)
    {
        Reference(model);
        SafeLlamaContextHandle? context = null;
        bool holdsAbort = false;
        try
        {
            abort.DangerousAddRef(ref holdsAbort);
            parameters.abort = abort.Pointer;
            lock (model.AdapterGate)
            {
                context = NativeMethods.minilm_context_init(model, &parameters);
            }
        }
        finally
        {
            if (context is null or { IsInvalid: true })
            {
                if (holdsAbort)
                {
                    abort.DangerousRelease();
                }
                model.DangerousRelease();
            }
            else
            {
                context._model = model;
                context._abort = abort;
            }
        }
        if (!context.IsInvalid)
        {
            context._memory = new LlamaMemoryHandle(context, NativeMethods.llama_get_memory(context));
        }
        return context;
    }

    /// <summary>Lets the context compute on a pool, and keeps the pool.</summary>
    public void Attach(SafeThreadPoolHandle pool)
    {
        if (!_pools.Contains(pool))
        {
            _pools.Add(Reference(pool));
        }
        NativeFailure.Require(NativeMethods.minilm_attach_threadpool(this, pool, pool), "llama_attach_threadpool");
    }

    /// <summary>Replaces the adapters, and holds them until they are replaced or the context is freed. Returns libllama's code.</summary>
    public int SetAdapters(SafeLlamaAdapterHandle[] adapters, float[] scales)
    {
        int held = 0;
        int result = -1;
        try
        {
            llama_adapter_lora** pointers = stackalloc llama_adapter_lora*[adapters.Length];
            for (; held < adapters.Length; held++)
            {
                pointers[held] = Reference(adapters[held]).Pointer;
            }
            fixed (float* factors = scales)
            {
                result = NativeMethods.minilm_set_adapters_lora(this, pointers, (nuint)adapters.Length, factors);
            }
        }
        finally
        {
            // Given back are the old ones when the new ones took their place, else the new ones that were taken.
            ReadOnlySpan<SafeLlamaAdapterHandle> unused = result == 0 ? _adapters : adapters.AsSpan(0, held);
            _adapters = result == 0 ? adapters : _adapters;
            foreach (SafeLlamaAdapterHandle adapter in unused)
            {
                adapter.DangerousRelease();
            }
        }
        return result;
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_free(Pointer);
        foreach (SafeThreadPoolHandle pool in _pools)
        {
            pool.DangerousRelease();
        }
        foreach (SafeLlamaAdapterHandle adapter in _adapters)
        {
            adapter.DangerousRelease();
        }
        _abort!.DangerousRelease();
        _model!.DangerousRelease();
        return true;
    }
}
