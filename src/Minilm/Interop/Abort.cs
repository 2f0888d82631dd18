using System.Runtime.InteropServices;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// minilm.h: cancel flag and deadline
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial SafeAbortHandle minilm_abort_new();

    [LibraryImport(Seam)]
    public static partial void minilm_abort_free(minilm_abort* abort);

    [LibraryImport(Seam)]
    public static partial void minilm_abort_arm(SafeAbortHandle abort, long timeout_ns);

    [LibraryImport(Seam)]
    public static partial void minilm_abort_cancel(SafeAbortHandle abort);

    [LibraryImport(Seam)]
    public static partial int minilm_abort_state(SafeAbortHandle abort);
}
