namespace Minilm;

/// <summary>The kinds of tokenizer, as in llama.h.</summary>
public enum VocabType
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>SentencePiece BPE with byte fallback (Llama).</summary>
    SentencePiece = 1,

    /// <summary>Byte-level BPE (GPT-2).</summary>
    BytePairEncoding = 2,

    /// <summary>WordPiece (BERT).</summary>
    WordPiece = 3,

    /// <summary>Unigram (T5).</summary>
    Unigram = 4,

    /// <summary>Greedy (RWKV).</summary>
    Rwkv = 5,

    /// <summary>PLaMo-2.</summary>
    Plamo2 = 6,
}
