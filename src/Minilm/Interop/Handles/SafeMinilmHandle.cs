using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Minilm.Interop.Handles;

/// <summary>Owns one native object. A derived type says in one line how it is released.</summary>
internal abstract class SafeMinilmHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <summary>The types of handles that the finalizer had to release: somebody forgot to dispose. Read by the tests.</summary>
    public static ConcurrentQueue<string> Leaked { get; } = [];

    public override bool IsInvalid => handle == 0;

    protected override void Dispose(bool disposing)
    {
        if (!disposing && !IsInvalid && !IsClosed)
        {
            Leaked.Enqueue(GetType().Name);
        }
        base.Dispose(disposing);
    }

    /// <summary>Takes a reference on a parent that must outlive this handle.</summary>
    protected static T Reference<T>(T parent)
        where T : SafeMinilmHandle
    {
        bool added = false;
        parent.DangerousAddRef(ref added);
        return parent;
    }
}
