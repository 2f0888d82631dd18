using System.Runtime.InteropServices;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: vocabulary and tokenization
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Llama)]
    public static partial int llama_vocab_type(LlamaVocabHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_n_tokens(LlamaVocabHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_bos(LlamaVocabHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_eos(LlamaVocabHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_eot(LlamaVocabHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_sep(LlamaVocabHandle vocab);

    [LibraryImport(Llama)]
    public static partial CBool llama_vocab_get_add_bos(LlamaVocabHandle vocab);

    [LibraryImport(Llama)]
    public static partial CBool llama_vocab_get_add_eos(LlamaVocabHandle vocab);

    [LibraryImport(Llama)]
    public static partial CBool llama_vocab_get_add_sep(LlamaVocabHandle vocab);

    [LibraryImport(Llama)]
    [SuppressGCTransition]
    public static partial CBool llama_vocab_is_eog(LlamaVocabHandle vocab, int token);

    /// <summary>Returns a set of <see cref="TokenAttributes"/>.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_vocab_get_attr(LlamaVocabHandle vocab, int token);

    [LibraryImport(Seam)]
    [SuppressGCTransition]
    public static partial CBool minilm_vocab_is_control(LlamaVocabHandle vocab, int token);

    /// <summary>Returns the number of tokens, the negative number needed when they do not fit, int.MinValue on overflow, or <see cref="NativeFailure.Threw"/>.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_tokenize(LlamaVocabHandle vocab, byte* text, int text_len, int* tokens, int n_tokens_max, CBool add_special, CBool parse_special);

    /// <summary>Returns the number of bytes, or the negative number needed when they do not fit.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_token_to_piece(LlamaVocabHandle vocab, int token, byte* buf, int length, int lstrip, CBool special);

    /// <summary>Returns the number of bytes, or the negative number needed when they do not fit.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_detokenize(LlamaVocabHandle vocab, int* tokens, int n_tokens, byte* text, int text_len_max, CBool remove_special, CBool unparse_special);
}
