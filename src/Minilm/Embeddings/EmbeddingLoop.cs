using Minilm.Abstractions;

namespace Minilm.Embeddings;

/// <summary>Puts texts into batches, as many as fit, and reads their vectors. One call at a time.</summary>
/// <param name="context">A context whose batch is one micro-batch: pooling sees no further.</param>
/// <param name="isPooled">Whether there is one vector for a sequence, or one for each token.</param>
/// <param name="width">The elements of a vector.</param>
internal sealed class EmbeddingLoop(LlamaContext context, bool isPooled, int width)
{
    private readonly LlamaBatch _batch = new(context.BatchSize);

    /// <summary>Computes the vectors of texts, each of 1 to n_batch tokens.</summary>
    /// <returns>float[texts][1 or tokens][width].</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; a batch stops in the middle.</exception>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    /// <exception cref="InferenceException">libllama could not compute.</exception>
    public float[][][] Run(IReadOnlyList<EmbeddingInput> texts, Deadline deadline, CancellationToken cancellationToken)
    {
        // The vectors are read in place: a context that is disposed meanwhile is freed afterwards.
        bool held = false;
        try
        {
            context.Hold(ref held);
            context.Arm(deadline.Remaining);
            using CancellationTokenRegistration cancellation = cancellationToken.UnsafeRegister(static context => ((LlamaContext)context!).Cancel(), context);
            float[][][] vectors = new float[texts.Count][][];
            for (int first = 0; first < texts.Count;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (deadline.HasPassed)
                {
                    throw TimedOut(first, texts.Count);
                }
                int count = Fill(texts, first);
                Compute(first, texts.Count, cancellationToken);
                Read(texts, vectors, first, count);
                first += count;
            }
            return vectors;
        }
        finally
        {
            if (held)
            {
                context.EndHold();
            }
        }
    }

    private int Fill(IReadOnlyList<EmbeddingInput> texts, int first)
    {
        _batch.Clear();
        int count = 0;
        while (first + count < texts.Count && count < context.MaxSequences && _batch.Count + texts[first + count].Tokens.Length <= _batch.Capacity)
        {
            int[] tokens = texts[first + count].Tokens;
            for (int position = 0; position < tokens.Length; position++)
            {
                _batch.Add(tokens[position], position, count, logits: true);
            }
            count++;
        }
        return count;
    }

    private void Compute(int first, int count, CancellationToken cancellationToken)
    {
        context.ForgetSequences();
        int code = context.Embed(_batch);
        if (code == 0)
        {
            return;
        }
        InferenceException? failure = code == LlamaContext.Aborted ? null : LlamaContext.EmbedFailed(code, _batch.Count); // with libllama's words, before the next call forgets them
        context.ForgetSequences();
        cancellationToken.ThrowIfCancellationRequested();
        throw failure is not null
            ? failure
            : context.State == LlamaContext.AbortState.Timeout
            ? TimedOut(first, count)
            : new OperationCanceledException("Embedding was cancelled.");
    }

    private void Read(IReadOnlyList<EmbeddingInput> texts, float[][][] vectors, int first, int count)
    {
        for (int sequence = 0, row = 0; sequence < count; sequence++)
        {
            int tokens = texts[first + sequence].Tokens.Length;
            float[][] own = vectors[first + sequence] = new float[isPooled ? 1 : tokens][];
            for (int i = 0; i < own.Length; i++)
            {
                ReadOnlySpan<float> vector = isPooled ? context.SequenceEmbedding(sequence, width) : context.TokenEmbedding(row + i, width);
                own[i] = !vector.IsEmpty ? vector.ToArray() : throw new InferenceException($"libllama computed no vector for text {first + sequence}.");
            }
            row += tokens;
        }
    }

    private static TimeoutException TimedOut(int done, int count) => new($"The deadline passed when {done} of {count} texts were embedded.");
}

/// <summary>The tokens of one text.</summary>
internal sealed record EmbeddingInput(int[] Tokens, bool IsTruncated);
