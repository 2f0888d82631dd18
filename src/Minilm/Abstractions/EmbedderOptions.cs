namespace Minilm;

/// <summary>Says how the vectors of a text's tokens become one (llama.h, <c>llama_pooling_type</c>).</summary>
public enum EmbeddingPooling
{
    /// <summary>They do not: each token keeps its own.</summary>
    None = 0,

    /// <summary>Their average.</summary>
    Mean = 1,

    /// <summary>The vector of the first token, which encoder models call CLS.</summary>
    Cls = 2,

    /// <summary>The vector of the last token.</summary>
    Last = 3,

    /// <summary>The classification head of a reranking model makes a score of them.</summary>
    Rank = 4,
}

/// <summary>Says which tokens of a text a token sees.</summary>
public enum EmbeddingAttention
{
    /// <summary>What the model states.</summary>
    Model = -1,

    /// <summary>Those before it.</summary>
    Causal = 0,

    /// <summary>All.</summary>
    NonCausal = 1,
}

/// <summary>Says what the numbers of a vector are divided by.</summary>
public enum EmbeddingNormalization
{
    /// <summary>By the vector's length, so that the dot product of two is the cosine of their angle.</summary>
    L2,

    /// <summary>By nothing.</summary>
    None,

    /// <summary>By the greatest of their absolute values, which becomes 1.</summary>
    MaxAbs,
}

/// <summary>Configures a <see cref="LlamaEmbedder"/>. What is null takes the default.</summary>
public sealed record EmbedderOptions
{
    /// <summary>The tokens that are computed at once when nothing is configured, if the model allows them.</summary>
    public const int DefaultContextSize = 512;

    /// <summary>Gets the tokens that are computed at once: the most that one text can have, and that several share. Default: 512, or what the model was trained for if that is less.</summary>
    [InRange(1, 1 << 20)]
    public int? ContextSize { get; init; }

    /// <summary>Gets the most texts that are computed at once. Default: 64.</summary>
    [InRange(1, 256)]
    public int? MaxSequences { get; init; }

    /// <summary>Gets how the vectors of a text's tokens become one. Default: as the model states, and <see cref="EmbeddingPooling.Mean"/> for one that does not.</summary>
    [InRange(0, 4)]
    public EmbeddingPooling? Pooling { get; init; }

    /// <summary>Gets which tokens of a text a token sees. Default: as the model states.</summary>
    [InRange(-1, 1)]
    public EmbeddingAttention Attention { get; init; } = EmbeddingAttention.Model;

    /// <summary>Gets what the numbers of a vector are divided by; scores are not. Default: its length.</summary>
    [InRange(0, 2)]
    public EmbeddingNormalization Normalization { get; init; }

    /// <summary>Gets a value indicating whether a text that is too long loses its end (of a query and a document, the document does). Default: it is an error.</summary>
    public bool Truncate { get; init; }
}
