using System.Runtime.InteropServices;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: contexts, decoding and its results
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial void minilm_context_default_params(minilm_context_params* @params);

    [LibraryImport(Seam)]
    public static partial SafeLlamaContextHandle minilm_context_init(SafeLlamaModelHandle model, minilm_context_params* @params);

    /// <summary>Returns a <see cref="DecodeResult"/>, or a negative number.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_decode(SafeLlamaContextHandle ctx, minilm_batch* batch);

    /// <summary>Returns a <see cref="DecodeResult"/>, or a negative number.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_encode(SafeLlamaContextHandle ctx, minilm_batch* batch);

    [LibraryImport(Llama)]
    public static partial void llama_free(llama_context* ctx);

    [LibraryImport(Llama)]
    public static partial uint llama_n_ctx(SafeLlamaContextHandle ctx);

    [LibraryImport(Llama)]
    public static partial uint llama_n_batch(SafeLlamaContextHandle ctx);

    [LibraryImport(Llama)]
    public static partial uint llama_n_ubatch(SafeLlamaContextHandle ctx);

    [LibraryImport(Llama)]
    public static partial uint llama_n_seq_max(SafeLlamaContextHandle ctx);

    /// <summary>Returns the memory, which belongs to the context; null for models without one.</summary>
    [LibraryImport(Llama)]
    public static partial llama_memory_i* llama_get_memory(SafeLlamaContextHandle ctx);

    [LibraryImport(Llama)]
    public static partial int llama_pooling_type(SafeLlamaContextHandle ctx);

    [LibraryImport(Llama)]
    public static partial int llama_n_threads(SafeLlamaContextHandle ctx);

    [LibraryImport(Llama)]
    public static partial int llama_n_threads_batch(SafeLlamaContextHandle ctx);

    [LibraryImport(Seam)]
    public static partial CBool minilm_synchronize(SafeLlamaContextHandle ctx);

    /// <summary>Returns float[n_vocab], owned by the context and valid until its next decode; null when none were computed.</summary>
    [LibraryImport(Seam)]
    public static partial float* minilm_get_logits_ith(SafeLlamaContextHandle ctx, int i);

    [LibraryImport(Seam)]
    public static partial float* minilm_get_embeddings_ith(SafeLlamaContextHandle ctx, int i);

    [LibraryImport(Seam)]
    public static partial float* minilm_get_embeddings_seq(SafeLlamaContextHandle ctx, int seq_id);
}
