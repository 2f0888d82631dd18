using System.Runtime.InteropServices;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// minilm.h and llama.h: thread pools
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial CBool minilm_threadpool_available();

    [LibraryImport(Seam)]
    public static partial void minilm_threadpool_default_params(minilm_threadpool_params* @params);

    [LibraryImport(Seam)]
    public static partial SafeThreadPoolHandle minilm_threadpool_new(minilm_threadpool_params* @params);

    [LibraryImport(Seam)]
    public static partial CBool minilm_threadpool_free(ggml_threadpool* pool);

    [LibraryImport(Seam)]
    public static partial CBool minilm_attach_threadpool(SafeLlamaContextHandle ctx, SafeThreadPoolHandle threadpool, SafeThreadPoolHandle threadpool_batch);

    [LibraryImport(Seam)]
    public static partial CBool minilm_detach_threadpool(SafeLlamaContextHandle ctx);
}
