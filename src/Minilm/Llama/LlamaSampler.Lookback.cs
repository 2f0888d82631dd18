using Minilm.Abstractions;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm;

/// <content>The stages that look back at what was accepted.</content>
public sealed unsafe partial class LlamaSampler
{
    private static readonly string[] DefaultBreakers = ["\n", ":", "\"", "*"]; // llama.cpp's own

    private readonly List<(int Stage, int Window)> _lookbackStages = [];

    /// <summary>Makes tokens that were accepted lately less likely.</summary>
    /// <param name="window">How many of the last tokens count, up to 1,048,576; 0 is off.</param>
    /// <param name="repeat">The factor, greater than 0; 1 is off.</param>
    /// <param name="frequency">Subtracted for each occurrence; 0 is off.</param>
    /// <param name="presence">Subtracted once; 0 is off.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The window is negative or too long, the factor is not greater than 0, or a value is not finite.</exception>
    public LlamaSampler AddPenalties(int window, float repeat = 1, float frequency = 0, float presence = 0)
    {
        RequireWindow(window, nameof(window));
        if (!(repeat > 0) || !float.IsFinite(repeat))
        {
            throw new ArgumentOutOfRangeException(nameof(repeat), repeat, "The factor must be greater than 0 and finite; 1 is off.");
        }
        Finite(frequency, nameof(frequency));
        Finite(presence, nameof(presence));
        return AddLookback(NativeMethods.minilm_sampler_init_penalties(_vocab.Count, window, repeat, frequency, presence), window);
    }

    /// <summary>Makes tokens less likely that would continue a repetition of what was accepted before, by the length of the repetition (DRY, https://github.com/oobabooga/text-generation-webui/pull/5677).</summary>
    /// <param name="multiplier">0 to 100: what is subtracted from the logit where a repetition of <paramref name="allowedLength"/> tokens would grow; 0 is off.</param>
    /// <param name="growth">1 to 100: the factor by which that grows with each further token (the paper's base).</param>
    /// <param name="allowedLength">1 or more: the tokens that may repeat freely.</param>
    /// <param name="window">How many of the last tokens count, up to 1,048,576; 0 is off.</param>
    /// <param name="breakers">Up to 32 texts of 1 to 40 bytes of UTF-8 across which nothing counts as a repetition; null takes a line feed, a colon, a double quote and an asterisk. libllama looks through the vocabulary for each of them.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <exception cref="ArgumentException">A breaker is empty or too long, or there are too many.</exception>
    public LlamaSampler AddDry(float multiplier, float growth = 1.75f, int allowedLength = 2, int window = 1024, IReadOnlyList<string>? breakers = null)
    {
        Within(multiplier, 0, 100, nameof(multiplier));
        Within(growth, 1, 100, nameof(growth));
        ArgumentOutOfRangeException.ThrowIfLessThan(allowedLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(allowedLength, SamplingLimits.MaxPenaltyWindow);
        RequireWindow(window, nameof(window));
        string[] texts = [.. breakers ?? DefaultBreakers];
        if (SamplingLimits.FindBreakerProblem(texts, nameof(breakers)) is { } problem)
        {
            throw new ArgumentException(problem, nameof(breakers));
        }
        return AddLookback(NativeMethods.minilm_sampler_init_dry(_vocab.Model.Vocab, SamplingLimits.MaxPenaltyWindow, multiplier, growth, allowedLength, window, texts, texts.Length), window);
    }

    /// <summary>Tells the stages that look back (penalties, DRY) of tokens that came before, such as those of the prompt. Other stages, a grammar for one, do not see them.</summary>
    /// <param name="tokens">Token ids; of many, the last ones count that fit into the window of each stage.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public void AcceptHistory(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            RequireToken(token);
        }
        fixed (int* first = tokens)
        {
            foreach ((int stage, int window) in _lookbackStages)
            {
                int count = Math.Min(tokens.Length, window);
                NativeFailure.Require(NativeMethods.minilm_sampler_accept_at(_chain, stage, first + (tokens.Length - count), count), "llama_sampler_accept");
            }
        }
    }

    private static void RequireWindow(int window, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(window, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, SamplingLimits.MaxPenaltyWindow, name);
    }

    private LlamaSampler AddLookback(SafeLlamaSamplerHandle stage, int window)
    {
        int index;
        using (stage)
        {
            index = Count;
            Add(stage);
        }
        _lookbackStages.Add((index, window));
        return this;
    }
}
