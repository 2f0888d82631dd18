namespace Minilm;

/// <summary>What a model with one context takes of memory, in bytes, over all devices.</summary>
/// <param name="ContextSize">The context that it is for, in tokens.</param>
/// <param name="WeightBytes">The tensors of the file. Mapped ones are shared with the page cache and between processes.</param>
/// <param name="KvBytes">The KV memory.</param>
/// <param name="ComputeBytes">The buffers that computing needs, the logits included.</param>
public sealed record ModelMemoryEstimate(int ContextSize, long WeightBytes, long KvBytes, long ComputeBytes)
{
    /// <summary>Gets all of it, in bytes; <see cref="long.MaxValue"/> if it is more than that.</summary>
    public long TotalBytes => (long)Int128.Min(long.MaxValue, (Int128)WeightBytes + KvBytes + ComputeBytes);
}
