using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// minilm.h: quantization
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial void minilm_quantize_default_params(minilm_quantize_params* @params);

    /// <summary>Returns 0 on success.</summary>
    [LibraryImport(Seam)]
    public static partial uint minilm_quantize([MarshalUsing(typeof(OwnedUtf8))] string input, [MarshalUsing(typeof(OwnedUtf8))] string output, minilm_quantize_params* @params);
}
