namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_context</c> and a reference on its model and its abort object.</summary>
internal sealed class SafeLlamaContextHandle : SafeMinilmHandle
{
    private SafeLlamaModelHandle? _model;
    private SafeAbortHandle? _abort;

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

    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_free(handle);
        Release(_model!, _abort!);
        return true;
    }

    private static void Release(SafeLlamaModelHandle model, SafeAbortHandle abort)
    {
        abort.DangerousRelease();
        model.DangerousRelease();
    }
}
