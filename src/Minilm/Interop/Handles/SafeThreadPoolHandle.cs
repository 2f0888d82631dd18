namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>ggml_threadpool</c>. Contexts hold a reference on each one that was ever attached to them.</summary>
internal sealed unsafe class SafeThreadPoolHandle : SafeMinilmHandle<ggml_threadpool>
{
    protected override bool ReleaseHandle() => NativeMethods.minilm_threadpool_free(Pointer);
}
