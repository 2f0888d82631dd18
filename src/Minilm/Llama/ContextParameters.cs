using Minilm.Abstractions;
using Minilm.Interop;

namespace Minilm;

/// <summary>Turns options into the parameters of the seam.</summary>
internal static class ContextParameters
{
    /// <param name="options">What is asked for.</param>
    /// <param name="contextSize">The tokens that all sequences together can hold.</param>
    /// <param name="poolThreads">The threads of the pool that will compute; null without one.</param>
    public static unsafe minilm_context_params Of(LlamaContextOptions options, int contextSize, int? poolThreads)
    {
        var native = new minilm_context_params { size = (uint)sizeof(minilm_context_params) };
        NativeMethods.minilm_context_default_params(&native);
        int threads = options.Threads ?? poolThreads ?? Machine.PhysicalCores;
        native.n_ctx = (uint)contextSize;
        native.n_batch = (uint)options.BatchFor(contextSize);
        native.n_ubatch = (uint)options.MicroBatchFor(contextSize);
        native.n_seq_max = (uint)options.Sequences;
        native.n_threads = threads;
        native.n_threads_batch = options.PromptThreads ?? threads;
        native.flash_attn_type = (int)options.FlashAttention;
        native.kv_unified = options.UnifiedMemory;
        native.type_k = (int)options.KeyType;
        native.type_v = (int)options.ValueType;
        native.no_perf = true;
        if (options.Embedding is { } embedding)
        {
            native.embeddings = true;
            native.pooling_type = (int)embedding.Pooling;
            native.attention_type = (int)embedding.Attention;
            native.kv_unified = true; // sequences of different lengths in one micro-batch
            native.n_ubatch = native.n_batch; // an encoder computes a batch at once, and pooling sees one micro-batch
        }
        return native;
    }
}
