using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: vocabulary and tokenization. A vocabulary is named by its model; a token id must be within it.
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Llama)]
    public static partial int llama_vocab_type([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_n_tokens([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? llama_vocab_get_text([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, int token);

    [LibraryImport(Llama)]
    public static partial float llama_vocab_get_score([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, int token);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_get_attr([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, int token);

    [LibraryImport(Llama)]
    [SuppressGCTransition]
    public static partial CBool llama_vocab_is_eog([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, int token);

    [LibraryImport(Llama)]
    [SuppressGCTransition]
    public static partial CBool llama_vocab_is_control([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, int token);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_bos([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_eos([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_eot([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_sep([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_nl([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_pad([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    public static partial CBool llama_vocab_get_add_bos([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    public static partial CBool llama_vocab_get_add_eos([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    [LibraryImport(Llama)]
    public static partial CBool llama_vocab_get_add_sep([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    /// <summary>Returns the number of tokens, the negative number needed when they do not fit, or int.MinValue on overflow.</summary>
    [LibraryImport(Llama)]
    public static partial int llama_tokenize([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, byte* text, int text_len, int* tokens, int n_tokens_max, CBool add_special, CBool parse_special);

    /// <summary>Returns the number of bytes, or the negative number needed when they do not fit.</summary>
    [LibraryImport(Llama)]
    public static partial int llama_token_to_piece([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, int token, byte* buf, int length, int lstrip, CBool special);

    /// <summary>Returns the number of bytes, or the negative number needed when they do not fit.</summary>
    [LibraryImport(Llama)]
    public static partial int llama_detokenize([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, int* tokens, int n_tokens, byte* text, int text_len_max, CBool remove_special, CBool unparse_special);
}
