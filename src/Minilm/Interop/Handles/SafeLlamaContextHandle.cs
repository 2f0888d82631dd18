namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_context</c> and a reference on its model and its abort object.</summary>
internal sealed class SafeLlamaContextHandle : SafeMinilmHandle
{
    private SafeLlamaModelHandle? _model;
    private SafeAbortHandle? _abort;
    private readonly List<SafeThreadPoolHandle> _pools = []; // all that were ever attached: the CPU backend looks at the previous one when it gets another

    /// <summary>Gets the memory, which belongs to the context: pass it by <see cref="MemoryOfContext"/>.</summary>
    public nint Memory { get; private set; }

    /// <summary>Creates a context. The result is invalid when the library could not.</summary>
    public static unsafe SafeLlamaContextHandle Create(SafeLlamaModelHandle model, SafeAbortHandle abort, minilm_context_params parameters)
    {
        Reference(model);
        Reference(abort);
        SafeLlamaContextHandle context;
        try
        {
            parameters.abort = abort.DangerousGetHandle();
            context = NativeMethods.minilm_context_init(model, &parameters);
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

    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_free(handle);
        foreach (SafeThreadPoolHandle pool in _pools)
        {
            pool.DangerousRelease();
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
