using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Minilm.Interop;

/// <summary>A function that native code calls with progress from 0 to 1, until it is disposed. What the listener throws does not reach native code: it stops the work where that can be stopped, and is kept.</summary>
internal sealed unsafe class ProgressCallback : IDisposable
{
    private readonly Func<float, bool> _listener;
    private GCHandle _self;

    /// <param name="listener">Returns false to stop.</param>
    public ProgressCallback(Func<float, bool> listener)
    {
        _listener = listener;
        _self = GCHandle.Alloc(this);
    }

    /// <summary>Gets the function for native code.</summary>
    public static delegate* unmanaged<float, void*, CBool> Function => &OnProgress;

    /// <summary>Gets what native code passes to the function.</summary>
    public void* UserData => (void*)GCHandle.ToIntPtr(_self);

    /// <summary>Gets what the listener threw. It is not called again.</summary>
    public Exception? Failure { get; private set; }

    public void Dispose()
    {
        if (_self.IsAllocated)
        {
            _self.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static CBool OnProgress(float progress, void* userData) =>
        Unsafe.As<ProgressCallback>(GCHandle.FromIntPtr((nint)userData).Target!).Report(progress);

    private bool Report(float progress)
    {
        if (Failure is not null)
        {
            return false;
        }
        try
        {
            return _listener(progress);
        }
#pragma warning disable CA1031 // an exception must not unwind through native frames
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failure = e;
            return false;
        }
    }
}
