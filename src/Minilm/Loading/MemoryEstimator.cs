using Minilm.Gguf;

namespace Minilm.Loading;

/// <summary>
/// Estimates what a context takes, from the header of the file. The compute buffer is what libllama allocates for the
/// largest graph, a full micro-batch with a full memory and logits for every token: the largest set of tensors that
/// live at the same time.
/// </summary>
/// <remarks>
/// The sets were fitted to the "buffer size" lines that libllama 0.7.0 logs for graphs of the llama architecture on a
/// CPU, over 25 shapes, micro-batches and contexts; MemoryEstimateTests compares them with those lines. Other
/// architectures have similar graphs, but not the same.
/// </remarks>
internal static class MemoryEstimator
{
    private const int CellsAtLeast = 256; // what libllama rounds the share of each sequence up to

    /// <summary>Sums the tensors of all parts of a model.</summary>
    /// <exception cref="GgufException">A part is missing or damaged.</exception>
    public static long WeightBytes(GgufFile file) => GgufParts.Of(file).Sum(part => part.Facts.WeightBytes);

    public static ModelMemoryEstimate Estimate(GgufFile file, LlamaContextOptions options, int contextSize, long weightBytes)
    {
        int sequences = options.Sequences;
        long cells = ((long)contextSize / sequences + CellsAtLeast - 1) / CellsAtLeast * CellsAtLeast;
        return new ModelMemoryEstimate(
            contextSize,
            weightBytes,
            file.Facts.EstimateKvBytes(cells * sequences, options.KeyType, options.ValueType),
            ComputeBytes(file.Facts, options, contextSize, sequences, cells));
    }

    private static long ComputeBytes(GgufModelFacts facts, LlamaContextOptions options, int contextSize, int sequences, long cells)
    {
        Int128 tokens = options.MicroBatchFor(contextSize);
        Int128 hidden = tokens * (facts.EmbeddingLength ?? 0) * sizeof(float);
        Int128 inner = tokens * FeedForwardLength(facts) * sizeof(float);
        Int128 logits = tokens * (facts.VocabularySize ?? 0) * sizeof(float);
        bool flash = options.FlashAttention != FlashAttention.Off; // on a CPU libllama decides for it

        Int128 kept = tokens * cells * (flash ? 2 : sizeof(float)); // the attention mask, F16 or F32
        Int128 scores = 0;
        if (!flash)
        {
            kept += tokens * (facts.HeadCountKv ?? 0) * (facts.ValueLength ?? 0) * sizeof(long); // where each transposed value goes
            scores = tokens * cells * (facts.HeadCount ?? 0) * sizeof(float);
        }
        else
        {
            scores = HalvedBytes(options.KeyType, facts.KeyLength) + HalvedBytes(options.ValueType, facts.ValueLength);
        }
        Int128 attention = scores + 6 * hidden;
        Int128 feedForward = inner > 2 * hidden ? 3 * inner + 5 * hidden : 8 * hidden;
        Int128 output = logits + 6 * hidden;

        Int128 results = (Int128)sequences * (facts.VocabularySize ?? 0) * sizeof(float); // read by the host
        return (long)Int128.Min(long.MaxValue, kept + Int128.Max(output, Int128.Max(attention, feedForward)) + results);

        // Flash attention takes F32 keys and values as copies in F16, of one layer at a time.
        Int128 HalvedBytes(GgmlType type, int? length) =>
            type == GgmlType.F32 ? (Int128)cells * sequences * (facts.HeadCountKv ?? 0) * (length ?? 0) * 2 : 0;
    }

    private static long FeedForwardLength(GgufModelFacts facts)
    {
        long dense = facts.HeadCounts(facts.ArchitectureKey("feed_forward_length")).DefaultIfEmpty(0).Max();
        long experts = facts.HeadCounts(facts.ArchitectureKey("expert_used_count")).DefaultIfEmpty(0).Max();
        long expert = facts.HeadCounts(facts.ArchitectureKey("expert_feed_forward_length")).DefaultIfEmpty((int)dense).Max();
        return Math.Max(dense, experts * expert);
    }
}
