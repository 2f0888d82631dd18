using Minilm.Gguf;

namespace Minilm.Testing;

/// <summary>The shape of a model with random weights (see <see cref="RandomModelWriter"/>).</summary>
public sealed record RandomModelOptions
{
    /// <summary>Gets a model of about 470 kB that loads in a moment: for tests and as an embedded default.</summary>
    public static RandomModelOptions Tiny { get; } = new();

    /// <summary>Gets a model of about 30 million parameters in <see cref="GgmlType.Q8_0"/>, whose speed is that of a small real model: for measurements.</summary>
    public static RandomModelOptions Size30M { get; } = new()
    {
        Name = "random-30M",
        VocabularySize = 6400,
        LayerCount = 8,
        EmbeddingLength = 512,
        HeadCount = 8,
        HeadCountKv = 4,
        FeedForwardLength = 1376,
        ContextLength = 2048,
        WeightType = GgmlType.Q8_0,
    };

    /// <summary>Gets the name in the file (<c>general.name</c>).</summary>
    public string Name { get; init; } = "random-tiny";

    /// <summary>Gets the seed; the same options with the same seed give the same bytes on every machine.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Gets the number of tokens: 3 control tokens, 256 bytes, 95 printable characters, and made-up pieces.</summary>
    public int VocabularySize { get; init; } = 416;

    /// <summary>Gets the number of layers.</summary>
    public int LayerCount { get; init; } = 2;

    /// <summary>Gets the number of elements in a hidden state.</summary>
    public int EmbeddingLength { get; init; } = 64;

    /// <summary>Gets the number of attention heads.</summary>
    public int HeadCount { get; init; } = 4;

    /// <summary>Gets the number of key and value heads.</summary>
    public int HeadCountKv { get; init; } = 2;

    /// <summary>Gets the number of elements in the inner layer of a feed-forward block.</summary>
    public int FeedForwardLength { get; init; } = 96;

    /// <summary>Gets the context length in tokens that the file states.</summary>
    public int ContextLength { get; init; } = 512;

    /// <summary>Gets the type of the weights: F32, F16, Q8_0 or Q4_0. Norms are F32.</summary>
    public GgmlType WeightType { get; init; } = GgmlType.F32;

    /// <summary>Gets the chat template to state, or <see langword="null"/> for none.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>Gets control tokens of the template, which take the place of the last pieces of the vocabulary.</summary>
    public IReadOnlyList<string> ControlTokens { get; init; } = [];

    /// <summary>Gets tokens of the kind "user-defined", which are found in any text; they stand before <see cref="ControlTokens"/>.</summary>
    public IReadOnlyList<string> UserDefinedTokens { get; init; } = [];

    /// <summary>Gets further metadata by key. Values are strings, booleans, <see cref="int"/>, <see cref="uint"/> or <see cref="float"/>; the type is the type in the file.</summary>
    public IReadOnlyDictionary<string, object> Metadata { get; init; } = new Dictionary<string, object>(StringComparer.Ordinal);

    /// <summary>Says why libllama could not compute with this shape, or <see langword="null"/> if it can.</summary>
    internal string? FindProblem()
    {
        int block = GgmlQuantizer.Supports(WeightType) ? GgmlTypes.BlockSize(WeightType) : 0;
        return this switch
        {
            _ when block == 0 => $"{nameof(WeightType)} is {WeightType}; F32, F16, Q8_0 and Q4_0 can be written",
            { VocabularySize: < RandomVocabulary.SmallestSize or > RandomVocabulary.LargestSize } =>
                $"{nameof(VocabularySize)} is {VocabularySize}; {RandomVocabulary.SmallestSize} to {RandomVocabulary.LargestSize} are possible",
            _ when ControlTokens.Count + UserDefinedTokens.Count > VocabularySize - RandomVocabulary.SmallestSize || ControlTokens.Concat(UserDefinedTokens).Any(string.IsNullOrEmpty) =>
                $"{nameof(ControlTokens)} and {nameof(UserDefinedTokens)} have {ControlTokens.Count + UserDefinedTokens.Count} texts; up to {VocabularySize - RandomVocabulary.SmallestSize} that are not empty are possible",
            { LayerCount: < 1 or > 512 } => $"{nameof(LayerCount)} is {LayerCount}; 1 to 512 are possible",
            { ContextLength: < 1 } => $"{nameof(ContextLength)} is {ContextLength} and must be positive",
            _ when HeadCountKv < 1 || HeadCount < 1 || HeadCount % HeadCountKv != 0 =>
                $"{nameof(HeadCount)} is {HeadCount} and must be a positive multiple of {nameof(HeadCountKv)}, {HeadCountKv}",
            _ when EmbeddingLength < 1 || EmbeddingLength % (2 * HeadCount) != 0 || EmbeddingLength % block != 0 =>
                $"{nameof(EmbeddingLength)} is {EmbeddingLength} and must be a positive multiple of twice {nameof(HeadCount)}, {HeadCount}, and of the block size of {WeightType}, {block}",
            _ when FeedForwardLength < 1 || FeedForwardLength % block != 0 =>
                $"{nameof(FeedForwardLength)} is {FeedForwardLength} and must be a positive multiple of the block size of {WeightType}, {block}",
            _ => null,
        };
    }
}
