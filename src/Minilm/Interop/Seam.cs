using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// minilm.h: versions
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial uint minilm_seam_version();

    [LibraryImport(Seam)]
    public static partial void minilm_versions(minilm_version_report* report);

    /// <summary>Returns "name|return type|(parameter types)" of a function that managed code may bind, null past the end.</summary>
    [LibraryImport(Seam)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? minilm_bound_function(int index);
}
