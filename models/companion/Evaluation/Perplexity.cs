namespace Minilm.Companion.Evaluation;

/// <summary>How surprised a model is by gold replies.</summary>
internal static class Perplexity
{
    /// <summary>Measures the perplexity per token of the replies and their ends.</summary>
    public static double Of(LlamaModel model, IEnumerable<(IReadOnlyList<ChatMessage> Prompt, string Reply)> dialogs)
    {
        using LlamaContext context = model.CreateContext();
        var batch = new LlamaBatch(context.ContextSize);
        double sum = 0;
        long count = 0;
        foreach ((IReadOnlyList<ChatMessage> prompt, string reply) in dialogs)
        {
            int[] before = model.Vocab.Tokenize(string.Concat(prompt.Select(message => $"<|{message.Role}|>\n{message.Content}<|end|>\n")) + "<|assistant|>\n", addSpecial: true, parseSpecial: true);
            int[] said = [.. model.Vocab.Tokenize(reply), model.Vocab.EndOfTurn!.Value];
            int[] all = [.. before, .. said];
            if (all.Length > context.ContextSize)
            {
                continue;
            }
            context.ClearMemory();
            batch.Clear();
            for (int i = 0; i < all.Length - 1; i++)
            {
                batch.Add(all[i], i, logits: i >= before.Length - 1);
            }
            context.Decode(batch);
            for (int i = 0; i < said.Length; i++)
            {
                sum -= LogProbability(context.GetLogits(before.Length - 1 + i), said[i]);
                count++;
            }
        }
        return Math.Exp(sum / count);
    }

    private static double LogProbability(ReadOnlySpan<float> logits, int token)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }
        return logits[token] - largest - Math.Log(sum);
    }
}
