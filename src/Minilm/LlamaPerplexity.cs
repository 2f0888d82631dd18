using Minilm.Engine;

namespace Minilm;

/// <summary>
/// Measures how well a model predicts a text, as llama-perplexity does: the text is cut into windows that are computed
/// each by itself, beginning with the model's first token (BOS) where it has one, and only the second half of each window
/// counts, so that every prediction has a context.
/// </summary>
public static class LlamaPerplexity
{
    private const int Stride = 128; // logits of so many tokens at once

    /// <summary>Measures a text.</summary>
    /// <param name="model">A loaded model. Its own context is not used.</param>
    /// <param name="text">A text of at least two windows.</param>
    /// <param name="windowSize">The tokens in a window, at least 8.</param>
    /// <param name="progress">Receives the windows done and the result so far.</param>
    /// <param name="cancellationToken">Stops in the middle of a window.</param>
    /// <returns>The perplexity.</returns>
    /// <exception cref="ArgumentException">The text is shorter than two windows.</exception>
    /// <exception cref="ModelLoadException">The model does not allow such a window.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static PerplexityResult Measure(LlamaModel model, string text, int windowSize = 512, IProgress<PerplexityResult>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowSize, 8);
        LlamaVocab vocab = model.Vocab;
        int[] tokens = vocab.Tokenize(text, addSpecial: true);
        if (tokens.Length < 2 * windowSize)
        {
            throw new ArgumentException($"The text has {tokens.Length} tokens; two windows of {windowSize} are {2 * windowSize}. Take a longer text or smaller windows.", nameof(text));
        }
        using LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextSize = windowSize, BatchSize = Math.Min(Stride, windowSize) });
        using CancellationTokenRegistration cancellation = cancellationToken.UnsafeRegister(static context => ((LlamaContext)context!).Cancel(), context);
        var batch = new LlamaBatch(context.BatchSize);
        double sum = 0;
        PerplexityResult result = new(double.NaN, 0, 0, tokens.Length / windowSize);
        for (int window = 0; window < result.Windows; window++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<int> part = tokens.AsSpan(window * windowSize, windowSize);
            int first = part[0];
            part[0] = vocab.AddsBeginningOfText && vocab.BeginningOfText is { } beginning ? beginning : first;
            sum += Surprise(context, batch, part, cancellationToken);
            part[0] = first;
            long counted = result.CountedTokens + windowSize - (windowSize / 2) - 1;
            result = new PerplexityResult(Math.Exp(sum / counted), counted, window + 1, result.Windows);
            progress?.Report(result);
        }
        return result;
    }

    /// <summary>Sums the negative log probabilities of the tokens in the second half of a window.</summary>
    private static double Surprise(LlamaContext context, LlamaBatch batch, ReadOnlySpan<int> tokens, CancellationToken cancellationToken)
    {
        double sum = 0;
        int length = tokens.Length;
        context.ClearMemory();
        for (int start = 0; start < tokens.Length; start += batch.Capacity)
        {
            batch.Clear();
            int count = Math.Min(batch.Capacity, tokens.Length - start);
            for (int i = 0; i < count; i++)
            {
                batch.Add(tokens[start + i], start + i, logits: Counts(start + i));
            }
            try
            {
                context.Decode(batch);
            }
            catch (OperationCanceledException)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            for (int i = 0; i < count; i++)
            {
                if (Counts(start + i))
                {
                    ReadOnlySpan<float> logits = context.GetLogits(i);
                    sum += TokenProbabilities.LogSumExp(logits) - logits[tokens[start + i + 1]];
                }
            }
        }
        return sum;

        bool Counts(int position) => position >= length / 2 && position < length - 1;
    }
}

/// <summary>How well a model predicts a text.</summary>
/// <param name="Perplexity">The exponential of the mean negative log probability of a token; lower is better.</param>
/// <param name="CountedTokens">The tokens that were predicted.</param>
/// <param name="DoneWindows">The windows that were computed.</param>
/// <param name="Windows">All windows of the text.</param>
public sealed record PerplexityResult(double Perplexity, long CountedTokens, int DoneWindows, int Windows);
