namespace Minilm;

/// <summary>Configures a <see cref="LlamaContext"/>. What is null takes the default; <see cref="LlamaComputeOptions.ContextSize"/> is what all sequences together can hold, by default that of the model.</summary>
public sealed record LlamaContextOptions : LlamaComputeOptions
{
    /// <summary>Creates options that take all defaults.</summary>
    public LlamaContextOptions()
    {
    }

    /// <summary>Copies what a context shares with its model, but for the size.</summary>
    internal LlamaContextOptions(LlamaComputeOptions shared)
        : base(shared) => ContextSize = null;

    /// <summary>Gets or sets the most tokens in one decode call (n_batch). Default: 2048, or the context if that is less; at least <see cref="MaxSequences"/>.</summary>
    [InRange(1, 1 << 20)]
    public int? BatchSize { get; set; }

    /// <summary>Gets or sets the number of sequences. Default: 1.</summary>
    [InRange(1, 256)]
    public int? MaxSequences { get; set; }

    /// <summary>Gets or sets a value indicating whether the sequences share all of the context (kv_unified), so that one may hold more than its part and copies of a common beginning take no room. Attention then looks over the memory of all.</summary>
    public bool UnifiedMemory { get; set; }

    /// <summary>Gets what a context computes vectors with instead of logits; null where it completes texts.</summary>
    internal (EmbeddingPooling Pooling, EmbeddingAttention Attention)? Embedding { get; init; }

    internal int Sequences => MaxSequences ?? 1;

    // libllama ends the process unless a batch has room for a token of each sequence.
    internal int BatchFor(int contextSize) => Math.Max(Math.Min(BatchSize ?? 2048, contextSize), Sequences);

    internal int MicroBatchFor(int contextSize) => Math.Min(MicroBatchSize ?? DefaultMicroBatchSize, BatchFor(contextSize));
}
