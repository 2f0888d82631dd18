using System.Runtime.InteropServices;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// minilm.h: versions
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial uint minilm_seam_version();

    [LibraryImport(Seam)]
    public static partial void minilm_versions(minilm_version_report* report);
}
