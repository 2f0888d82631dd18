namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>minilm_abort</c>.</summary>
internal sealed unsafe class SafeAbortHandle : SafeMinilmHandle<minilm_abort>
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.minilm_abort_free(Pointer);
        return true;
    }
}
