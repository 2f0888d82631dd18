using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h and ggml-backend.h: what libllama was built with and which devices it found
internal static unsafe partial class NativeMethods
{
    /// <summary>Returns the number of devices found.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_backend_init([MarshalUsing(typeof(OwnedUtf8))] string? plugin_dir);

    [LibraryImport(Seam)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? minilm_print_system_info();

    [LibraryImport(Ggml)]
    public static partial nuint ggml_backend_dev_count();

    [LibraryImport(Ggml)]
    public static partial GgmlDevice ggml_backend_dev_get(nuint index);

    [LibraryImport(GgmlBase)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? ggml_backend_dev_name(GgmlDevice device);

    [LibraryImport(GgmlBase)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? ggml_backend_dev_description(GgmlDevice device);

    [LibraryImport(GgmlBase)]
    public static partial int ggml_backend_dev_type(GgmlDevice device);

    [LibraryImport(Seam)]
    public static partial CBool minilm_backend_dev_memory(GgmlDevice device, nuint* free, nuint* total);

    /// <summary>Returns the kind of memory that a device computes in.</summary>
    [LibraryImport(Seam)]
    public static partial GgmlBufferType minilm_backend_dev_buffer_type(GgmlDevice device);

    [LibraryImport(GgmlBase)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? ggml_backend_buft_name(GgmlBufferType buft);
}
