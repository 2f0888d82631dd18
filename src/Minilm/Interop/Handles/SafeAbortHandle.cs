namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>minilm_abort</c>.</summary>
internal sealed class SafeAbortHandle : SafeMinilmHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.minilm_abort_free(handle);
        return true;
    }
}
