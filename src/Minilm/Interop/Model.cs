using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: models
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial void minilm_model_default_params(minilm_model_params* @params);

    [LibraryImport(Seam)]
    public static partial SafeLlamaModelHandle minilm_model_load([MarshalUsing(typeof(OwnedUtf8))] string path, minilm_model_params* @params);

    /// <summary>Says whether <see cref="minilm_model_load_at"/> can load anything.</summary>
    [LibraryImport(Seam)]
    public static partial CBool minilm_model_loads_at();

    /// <summary>Loads a model that begins in the middle of a file.</summary>
    [LibraryImport(Seam)]
    public static partial SafeLlamaModelHandle minilm_model_load_at([MarshalUsing(typeof(OwnedUtf8))] string path, long offset, minilm_model_params* @params);

    [LibraryImport(Llama)]
    public static partial void llama_model_free(llama_model* model);

    /// <summary>Returns the vocabulary, which belongs to the model.</summary>
    [LibraryImport(Llama)]
    public static partial llama_vocab* llama_model_get_vocab(SafeLlamaModelHandle model);

    [LibraryImport(Llama)]
    public static partial int llama_model_n_ctx_train(SafeLlamaModelHandle model);

    [LibraryImport(Llama)]
    public static partial ulong llama_model_n_params(SafeLlamaModelHandle model);

    [LibraryImport(Llama)]
    public static partial CBool llama_model_has_encoder(SafeLlamaModelHandle model);

    [LibraryImport(Llama)]
    public static partial CBool llama_model_has_decoder(SafeLlamaModelHandle model);

    [LibraryImport(Llama)]
    public static partial CBool llama_model_is_recurrent(SafeLlamaModelHandle model);

    [LibraryImport(Llama)]
    public static partial CBool llama_model_is_hybrid(SafeLlamaModelHandle model);

    /// <summary>Returns the elements of an embedding, which some models project to another size than their hidden state.</summary>
    [LibraryImport(Llama)]
    public static partial int llama_model_n_embd_out(SafeLlamaModelHandle model);

    /// <summary>Returns the number of scores that the classification head of a reranking model gives.</summary>
    [LibraryImport(Llama)]
    public static partial uint llama_model_n_cls_out(SafeLlamaModelHandle model);

    [LibraryImport(Seam)]
    public static partial int minilm_model_desc(SafeLlamaModelHandle model, byte* buf, nuint buf_size);

    [LibraryImport(Seam)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? minilm_model_chat_template(SafeLlamaModelHandle model, [MarshalUsing(typeof(OwnedUtf8))] string? name);
}
