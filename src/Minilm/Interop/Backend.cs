using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h and ggml-backend.h: what the library was built with and which devices it found
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial int minilm_backend_init([MarshalUsing(typeof(OwnedUtf8))] string? plugin_dir);

    [LibraryImport(Llama)]
    public static partial nuint llama_max_devices();

    [LibraryImport(Llama)]
    public static partial nuint llama_max_parallel_sequences();

    [LibraryImport(Llama)]
    public static partial CBool llama_supports_mmap();

    [LibraryImport(Llama)]
    public static partial CBool llama_supports_mlock();

    [LibraryImport(Llama)]
    public static partial CBool llama_supports_gpu_offload();

    [LibraryImport(Llama)]
    public static partial CBool llama_supports_rpc();

    [LibraryImport(Llama)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? llama_print_system_info();

    [LibraryImport(Ggml)]
    public static partial nuint ggml_backend_dev_count();

    /// <summary>Returns a device, which lives as long as the process.</summary>
    [LibraryImport(Ggml)]
    public static partial nint ggml_backend_dev_get(nuint index);

    [LibraryImport(GgmlBase)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? ggml_backend_dev_name(nint device);

    [LibraryImport(GgmlBase)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? ggml_backend_dev_description(nint device);

    [LibraryImport(GgmlBase)]
    public static partial int ggml_backend_dev_type(nint device);

    [LibraryImport(GgmlBase)]
    public static partial void ggml_backend_dev_memory(nint device, nuint* free, nuint* total);

    /// <summary>Returns the kind of memory that a device computes in, which lives as long as the process.</summary>
    [LibraryImport(GgmlBase)]
    public static partial nint ggml_backend_dev_buffer_type(nint device);

    [LibraryImport(GgmlBase)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? ggml_backend_buft_name(nint buffer_type);
}
