namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_context</c> and a reference on its model and its abort object.</summary>
internal sealed class SafeLlamaContextHandle : SafeMinilmHandle
{
    private SafeLlamaModelHandle? _model;
    private SafeAbortHandle? _abort;
    private readonly List<SafeThreadPoolHandle> _pools = []; // all that were ever attached: the CPU backend looks at the previous one when it gets another
    private SafeLlamaAdapterHandle[] _adapters = [];

    /// <summary>Gets the memory, which belongs to the context: pass it by <see cref="MemoryOfContext"/>.</summary>
    public nint Memory { get; private set; }

    /// <summary>Gets the model that it was created on.</summary>
    public SafeLlamaModelHandle Model => _model!;

    /// <summary>Creates a context. The result is invalid when the library could not.</summary>
    public static unsafe SafeLlamaContextHandle Create(SafeLlamaModelHandle model, SafeAbortHandle abort, minilm_context_params parameters)
    {
        Reference(model);
        Reference(abort);
        SafeLlamaContextHandle context;
        try
        {
            parameters.abort = abort.DangerousGetHandle();
            lock (model.AdapterGate)
            {
                context = NativeMethods.minilm_context_init(model, &parameters);
            }
        }
        catch
        {
            Release(model, abort);
            throw;
        }
        if (context.IsInvalid)
        {
            Release(model, abort);
            return context;
        }
        context._model = model;
        context._abort = abort;
        context.Memory = NativeMethods.llama_get_memory(context);
        return context;
    }

    /// <summary>Lets the context compute on a pool, and keeps the pool.</summary>
    public void Attach(SafeThreadPoolHandle pool)
    {
        if (!_pools.Contains(pool))
        {
            _pools.Add(Reference(pool));
        }
        NativeMethods.llama_attach_threadpool(this, pool, pool);
    }

    /// <summary>Replaces the adapters, and holds them until they are replaced or the context is freed. Returns the library's code.</summary>
    public unsafe int SetAdapters(SafeLlamaAdapterHandle[] adapters, float[] scales)
    {
        int held = 0;
        int result = -1;
        try
        {
            nint* pointers = stackalloc nint[adapters.Length];
            for (; held < adapters.Length; held++)
            {
                pointers[held] = Reference(adapters[held]).DangerousGetHandle();
            }
            fixed (float* factors = scales)
            {
                result = NativeMethods.llama_set_adapters_lora(this, pointers, (nuint)adapters.Length, factors);
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
        NativeMethods.llama_free(handle);
        foreach (SafeThreadPoolHandle pool in _pools)
        {
            pool.DangerousRelease();
        }
        foreach (SafeLlamaAdapterHandle adapter in _adapters)
        {
            adapter.DangerousRelease();
        }
        Release(_model!, _abort!);
        return true;
    }

    private static void Release(SafeLlamaModelHandle model, SafeAbortHandle abort)
    {
        abort.DangerousRelease();
        model.DangerousRelease();
    }
}
