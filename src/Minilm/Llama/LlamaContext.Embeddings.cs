using Minilm.Interop;

namespace Minilm;

/// <content>Vectors instead of logits.</content>
public sealed unsafe partial class LlamaContext
{
    /// <summary>Computes the embeddings of a valid batch: with the memory where there is one, else by the encoder. Returns libllama's code.</summary>
    internal int Embed(LlamaBatch batch)
    {
        _outputRows = _outputCount = 0;
        return Compute(batch, encode: !HasMemory);
    }

    /// <summary>Forgets all sequences, of models that remember them.</summary>
    internal void ForgetSequences()
    {
        if (HasMemory)
        {
            ClearMemory();
        }
    }

    /// <summary>Reads the vector that a pooling context computed for a sequence.</summary>
    /// <returns>float[width], valid until the next batch; empty when there is none.</returns>
    internal ReadOnlySpan<float> SequenceEmbedding(int sequence, int width) => Vector(NativeMethods.minilm_get_embeddings_seq(Handle, sequence), width);

    /// <summary>Reads the vector that was computed for a token of the last batch.</summary>
    /// <returns>float[width], valid until the next batch; empty when there is none.</returns>
    internal ReadOnlySpan<float> TokenEmbedding(int index, int width) => Vector(NativeMethods.minilm_get_embeddings_ith(Handle, index), width);

    /// <summary>Makes the exception for a code of <c>llama_encode</c> or <c>llama_decode</c>, with libllama's words.</summary>
    internal static InferenceException EmbedFailed(int code, int tokens) =>
        NativeFailure.Inference($"Embedding failed with code {code} on {tokens} tokens", code);

    /// <summary>Keeps the native context, though it may be disposed, until <see cref="EndHold"/>: what it computed is read in place.</summary>
    internal void Hold(ref bool held) => Handle.DangerousAddRef(ref held);

    internal void EndHold() => Handle.DangerousRelease();

    private static ReadOnlySpan<float> Vector(float* vector, int width) => vector is null ? [] : new ReadOnlySpan<float>(vector, width);
}
