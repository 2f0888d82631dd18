using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// minilm.h: the log sink and the last errors of a thread
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial void minilm_log_set(delegate* unmanaged<int, byte*, void> callback, int min_level);

    [LibraryImport(Seam)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? minilm_last_error();
}
