namespace Minilm.Engine;

/// <summary>Turns logits into log probabilities: of the model itself, before any sampler.</summary>
internal static class TokenProbabilities
{
    /// <summary>Gets the logarithm of the sum of the exponentials, by which logits become log probabilities.</summary>
    public static float LogSumExp(ReadOnlySpan<float> logits)
    {
        float max = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = Math.Max(max, logit);
        }
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += MathF.Exp(logit - max);
        }
        return max + (float)Math.Log(sum);
    }

    /// <summary>Describes the choice of one token.</summary>
    /// <param name="logits">float[n_vocab].</param>
    /// <param name="token">The chosen token.</param>
    /// <param name="top">How many of the most likely tokens to list.</param>
    /// <param name="vocab">Spells the tokens.</param>
    public static TokenLogProbability Describe(ReadOnlySpan<float> logits, int token, int top, LlamaVocab vocab)
    {
        float norm = LogSumExp(logits);
        return new TokenLogProbability(token, vocab.GetPiece(token), logits[token] - norm)
        {
            Top = top == 0 ? [] : MostLikely(logits, norm, top, vocab),
        };
    }

    private static TokenLogProbability[] MostLikely(ReadOnlySpan<float> logits, float norm, int top, LlamaVocab vocab)
    {
        var best = new PriorityQueue<int, float>(top + 1); // the least likely of the best comes out first
        for (int token = 0; token < logits.Length; token++)
        {
            if (best.Count < top)
            {
                best.Enqueue(token, logits[token]);
            }
            else if (best.TryPeek(out _, out float least) && logits[token] > least)
            {
                best.DequeueEnqueue(token, logits[token]);
            }
        }
        var result = new TokenLogProbability[best.Count];
        for (int i = result.Length - 1; i >= 0; i--)
        {
            int token = best.Dequeue();
            result[i] = new TokenLogProbability(token, vocab.GetPiece(token), logits[token] - norm);
        }
        return result;
    }
}
