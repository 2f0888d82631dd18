namespace Minilm.Dialog.Backends.Markov;

/// <summary>Generates texts from a chain: takes several walks through it and keeps the one with the best score.</summary>
/// <param name="chain">A chain with at least one line.</param>
/// <param name="minWords">The minimum number of words of a text.</param>
/// <param name="maxWords">The maximum number of words of a text.</param>
internal sealed class MarkovGenerator(MarkovGraph chain, int minWords, int maxWords)
{
    private const int MaxWalks = 6;
    private const double AcceptableCoherence = 0.75;

    private const double EndingShare = 0.5;
    private const double LengthShare = 0.15;
    private const double CoherenceShare = 0.2;
    private const double NoveltyShare = 0.15;

    private const double SentenceEnding = 0.75;
    private const double LineNovelty = 0.5;
    private const double RepeatedFactor = 0.5;

    /// <summary>The number of training lines with which a chain reaches half of its full confidence.</summary>
    private const double HalfConfidenceLines = 3;

    /// <summary>Gets the chain.</summary>
    public MarkovGraph Chain => chain;

    /// <summary>Generates a text.</summary>
    /// <param name="temperature">From 0 to 2.</param>
    /// <param name="recent">Fingerprints of texts to avoid.</param>
    /// <param name="random">The random number generator.</param>
    /// <param name="confidence">The confidence, from 0 to 1.</param>
    /// <returns>The text.</returns>
    public string Generate(double temperature, ReadOnlySpan<ulong> recent, ref SplitMix64 random, out double confidence)
    {
        Span<int> words = stackalloc int[maxWords];
        Span<int> best = stackalloc int[maxWords];
        double bestQuality = -1;
        int bestLength = 0;
        bool acceptable = false;
        for (int i = 0; i < MaxWalks && !acceptable; i++)
        {
            var walk = new MarkovWalk(chain, minWords, words, temperature, ref random);
            walk.Run();
            double quality = Score(walk, recent, out acceptable);
            if (quality > bestQuality)
            {
                bestQuality = quality;
                bestLength = walk.Words.Length;
                walk.Words.CopyTo(best);
            }
        }

        confidence = bestQuality * chain.LineCount / (chain.LineCount + HalfConfidenceLines);
        return chain.Join(best[..bestLength]);
    }

    private double Score(MarkovWalk walk, ReadOnlySpan<ulong> recent, out bool acceptable)
    {
        ulong fingerprint = 0;
        foreach (int word in walk.Words)
        {
            fingerprint = MarkovGraph.Fingerprint(fingerprint, word);
        }

        ref readonly MarkovWord last = ref chain.Word(walk.Words[^1]);
        double ending = last.EndsLine ? 1 : last.EndsSentence ? SentenceEnding : 0;
        double length = Math.Min(1, (double)walk.Words.Length / minWords);
        bool repeated = recent.Contains(fingerprint);
        double novelty = chain.IsLine(fingerprint) ? LineNovelty : 1;
        acceptable = ending == 1 && length == 1 && !repeated && walk.Coherence >= AcceptableCoherence;
        double quality = (EndingShare * ending) + (LengthShare * length) + (CoherenceShare * walk.Coherence) + (NoveltyShare * novelty);
        return repeated ? quality * RepeatedFactor : quality;
    }
}
