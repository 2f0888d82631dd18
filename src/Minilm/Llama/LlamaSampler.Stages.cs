using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm;

/// <content>Dynamic temperature, XTC, top-nσ, mirostat, adaptive-p and infill.</content>
public sealed unsafe partial class LlamaSampler
{
    private const float LeastProbability = 1e-30f; // of a token that was not excluded
    private const float LeastDynamicTemperature = 1e-3f;
    private const int MostInfillCandidates = 1024;
    private const int LongestInfillPiece = 512;

    private int _mostCandidates = int.MaxValue;

    /// <summary>Divides the logits by a temperature that follows the entropy: low where the model is sure, high where it is not (dynamic temperature).</summary>
    /// <param name="temperature">0 to 100: the middle of the range.</param>
    /// <param name="range">0 to 100: how far the temperature goes from the middle, both ways, but not below 0.001; 0 keeps it where it is.</param>
    /// <param name="exponent">0.01 to 100: above 1 stays low longer as entropy rises.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range or NaN.</exception>
    public LlamaSampler AddDynamicTemperature(float temperature, float range, float exponent = 1)
    {
        Within(temperature, 0, 100, nameof(temperature));
        Within(range, 0, 100, nameof(range));
        Within(exponent, 0.01f, 100, nameof(exponent));
        if (range == 0)
        {
            return AddTemperature(temperature);
        }
        // libllama's lower end is 0 where the range is wider than the temperature, and quotients by nearly 0 are not finite.
        float low = Math.Max(temperature - range, LeastDynamicTemperature);
        float high = temperature + range;
        return high <= low ? AddTemperature(high) : Add(NativeMethods.minilm_sampler_init_temp_ext((low + high) / 2, (high - low) / 2, exponent));
    }

    /// <summary>Excludes the most likely tokens but the last one that is likely enough, so that the obvious is left unsaid (exclude top choices, https://github.com/oobabooga/text-generation-webui/pull/6335).</summary>
    /// <param name="probability">0 to 1: how often, by token; 0 is never.</param>
    /// <param name="threshold">0 to 1: the probability from which a token is likely enough; above 0.5 is off, as no two tokens are.</param>
    /// <param name="seed">The seed; uint.MaxValue takes a random one.</param>
    /// <param name="minKeep">The least number of tokens to keep.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside 0 to 1 or NaN.</exception>
    public LlamaSampler AddXtc(float probability, float threshold, uint seed, int minKeep = 1)
    {
        Within(probability, 0, 1, nameof(probability));
        Within(threshold, 0, 1, nameof(threshold));
        return Add(NativeMethods.minilm_sampler_init_xtc(probability, Math.Max(threshold, LeastProbability), (nuint)Math.Max(minKeep, 1), seed));
    }

    /// <summary>Keeps tokens whose logit is within n standard deviations of the greatest one (top-nσ, arXiv 2411.07641).</summary>
    /// <param name="n">0 to 1000: how many standard deviations; 0 is off.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of its range or NaN.</exception>
    public LlamaSampler AddTopNSigma(float n) => Add(NativeMethods.minilm_sampler_init_top_n_sigma(Within(n, 0, 1000, nameof(n))));

    /// <summary>Selects a token so that the surprise of the text stays near a target (mirostat 1, arXiv 2007.14966).</summary>
    /// <param name="tau">Above 0 to 50: the surprise aimed at, in bits per token.</param>
    /// <param name="eta">0 to 1: how fast it is corrected.</param>
    /// <param name="seed">The seed; uint.MaxValue takes a random one.</param>
    /// <param name="m">2 or more: the tokens from which the distribution is estimated.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range or NaN.</exception>
    /// <remarks>Takes two stages: tokens that were excluded are dropped first, because the estimate divides by probabilities.</remarks>
    public LlamaSampler AddMirostat(float tau, float eta, uint seed, int m = 100)
    {
        RequireMirostat(tau, eta);
        ArgumentOutOfRangeException.ThrowIfLessThan(m, 2);
        return AddMinP(LeastProbability).Add(NativeMethods.minilm_sampler_init_mirostat(_vocab.Count, seed, tau, eta, m));
    }

    /// <summary>Selects a token so that the surprise of the text stays near a target, by leaving out tokens above a surprise that follows it (mirostat 2, arXiv 2007.14966).</summary>
    /// <param name="tau">Above 0 to 50: the surprise aimed at, in bits per token.</param>
    /// <param name="eta">0 to 1: how fast it is corrected.</param>
    /// <param name="seed">The seed; uint.MaxValue takes a random one.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range or NaN.</exception>
    public LlamaSampler AddMirostatV2(float tau, float eta, uint seed)
    {
        RequireMirostat(tau, eta);
        return Add(NativeMethods.minilm_sampler_init_mirostat_v2(seed, tau, eta));
    }

    /// <summary>Selects a token so that the probabilities of the chosen tokens stay near a target (adaptive-p, https://github.com/ggml-org/llama.cpp/pull/17927). Mild truncation before it is enough: min-p.</summary>
    /// <param name="target">0 to 1: the probability aimed at.</param>
    /// <param name="decay">0 to 1: how much of the past counts, 1/(1 − decay) tokens; above 0.99 is 0.99.</param>
    /// <param name="seed">The seed; uint.MaxValue takes a random one.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside 0 to 1 or NaN.</exception>
    public LlamaSampler AddAdaptiveP(float target, float decay, uint seed)
    {
        Within(target, 0, 1, nameof(target));
        Within(decay, 0, 1, nameof(decay));
        return Add(NativeMethods.minilm_sampler_init_adaptive_p(target, decay, seed));
    }

    /// <summary>Prepares the candidates for filling a gap in a text: joins tokens that begin alike, drops unlikely ones, and ends where ending is likely. It belongs behind top-k and top-p.</summary>
    /// <returns>This chain.</returns>
    /// <exception cref="InvalidOperationException">No stage before it keeps 1024 tokens or fewer (<see cref="AddTopK"/>): libllama compares each with each other.</exception>
    /// <exception cref="NotSupportedException">The vocabulary has no token that ends a text or a turn, or one with a text of more than 512 bytes.</exception>
    public LlamaSampler AddInfill()
    {
        if (_mostCandidates > MostInfillCandidates)
        {
            throw new InvalidOperationException($"Infill compares each candidate with each other: keep {MostInfillCandidates} or fewer before it with {nameof(AddTopK)}.");
        }
        if (_vocab.EndOfTurn is null && _vocab.EndOfText is null)
        {
            throw new NotSupportedException("Infill ends texts by itself, and this vocabulary has no token for the end of a text (EOS) or of a turn (EOT).");
        }
        if (_vocab.LongestPiece > LongestInfillPiece)
        {
            throw new NotSupportedException($"Infill can compare tokens of up to {LongestInfillPiece} bytes; this vocabulary has one of {_vocab.LongestPiece}.");
        }
        return Add(SafeLlamaSamplerHandle.Create(_vocab.Model, NativeMethods.minilm_sampler_init_infill));
    }

    private static void RequireMirostat(float tau, float eta)
    {
        if (!(tau > 0 && tau <= 50))
        {
            throw new ArgumentOutOfRangeException(nameof(tau), tau, "The surprise aimed at must be greater than 0 and at most 50 bits.");
        }
        Within(eta, 0, 1, nameof(eta));
    }
}
