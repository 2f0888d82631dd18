using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Minilm.Interop.Handles;

/// <summary>Owns one native object.</summary>
internal abstract class SafeMinilmHandle() : SafeHandle(0, ownsHandle: true)
{
    private static ConcurrentQueue<string>? s_leaked;

    public override bool IsInvalid => handle == 0;

    /// <summary>Records from now on the types of handles that the finalizer has to release, because somebody forgot to dispose them. For tests.</summary>
    /// <returns>The list, which grows.</returns>
    public static IReadOnlyCollection<string> RecordLeaks() =>
        Interlocked.CompareExchange(ref s_leaked, [], null) ?? s_leaked;

    protected override void Dispose(bool disposing)
    {
        if (!disposing && !IsInvalid && !IsClosed)
        {
            s_leaked?.Enqueue(GetType().Name);
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

/// <summary>Owns one <typeparamref name="TNative"/>. A derived type says in one line how it is released.</summary>
internal abstract unsafe class SafeMinilmHandle<TNative> : SafeMinilmHandle
    where TNative : unmanaged
{
    /// <summary>Gets the pointer, for whoever holds a reference.</summary>
    protected internal TNative* Pointer => (TNative*)handle;
}
