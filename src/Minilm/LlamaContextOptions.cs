using Minilm.Gguf;
using Minilm.Validation;

namespace Minilm;

/// <summary>Configures a <see cref="LlamaContext"/>. Sizes and counts that are 0 or less mean the default.</summary>
public sealed record LlamaContextOptions
{
    /// <summary>
    /// The micro-batch that is used when none is configured, in tokens. A quarter of llama.cpp's own default: on a CPU
    /// the prompt is processed as fast, and a deadline in the middle of it holds four times as closely.
    /// </summary>
    public const int DefaultMicroBatchSize = 128;

    /// <summary>Gets the tokens that all sequences together can hold. Default: that of the model.</summary>
    [InRange(int.MinValue, int.MaxValue)]
    public int ContextSize { get; init; }

    /// <summary>Gets the most tokens in one decode call (n_batch). Default: 2048, or the context if that is less; at least <see cref="MaxSequences"/>.</summary>
    [InRange(int.MinValue, 1 << 20)]
    public int BatchSize { get; init; }

    /// <summary>Gets how many tokens are computed at once (n_ubatch). Default: 128, or the batch if that is less.</summary>
    [InRange(int.MinValue, 65536)]
    public int MicroBatchSize { get; init; }

    /// <summary>Gets the number of sequences. Default: 1.</summary>
    [InRange(int.MinValue, 256)]
    public int MaxSequences { get; init; }

    /// <summary>Gets a value indicating whether the sequences share all of the context (kv_unified), so that one may hold more than its part and copies of a common beginning take no room. Attention then looks over the memory of all.</summary>
    public bool UnifiedMemory { get; init; }

    /// <summary>Gets the number of threads that decode. Default: the physical cores.</summary>
    [InRange(int.MinValue, 512)]
    public int Threads { get; init; }

    /// <summary>Gets the number of threads that process prompts. Default: <see cref="Threads"/>.</summary>
    [InRange(int.MinValue, 512)]
    public int PromptThreads { get; init; }

    /// <summary>Gets when flash attention is used. Default: the library decides; on a CPU it does.</summary>
    [InRange(-1, 1)]
    public FlashAttention FlashAttention { get; init; } = FlashAttention.Auto;

    /// <summary>Gets the type of the keys in the KV memory: F32, F16, Q8_0 or Q4_0. Default: F16.</summary>
    public GgmlType KeyType { get; init; } = GgmlType.F16;

    /// <summary>Gets the type of the values in the KV memory: F32, F16, Q8_0 or Q4_0. The quantized ones need flash attention. Default: F16.</summary>
    public GgmlType ValueType { get; init; } = GgmlType.F16;

    /// <summary>Gets the threads that compute, shared with other contexts, which then take turns. Default: threads of its own.</summary>
    public LlamaThreadPool? ThreadPool { get; init; }

    /// <summary>Gets what a context computes vectors with instead of logits; null where it completes texts.</summary>
    internal (EmbeddingPooling Pooling, EmbeddingAttention Attention)? Embedding { get; init; }

    // The library ends the process unless a batch has room for a token of each sequence.
    internal int BatchFor(int contextSize) => Math.Max(Math.Min(BatchSize > 0 ? BatchSize : 2048, contextSize), Math.Max(MaxSequences, 1));

    internal int MicroBatchFor(int contextSize) => Math.Min(MicroBatchSize > 0 ? MicroBatchSize : DefaultMicroBatchSize, BatchFor(contextSize));
}
