using Minilm.Abstractions;

namespace Minilm.Engine;

/// <summary>What one run of the decode loop is given. Tokens and options are valid: they were checked at the door.</summary>
internal readonly ref struct DecodeRequest
{
    /// <summary>The most tokens that are guessed at once.</summary>
    public const int MostDraftTokens = 32;

    /// <summary>Gets the prompt, at least one token.</summary>
    public required ReadOnlySpan<int> Prompt { get; init; }

    public required LlamaSampler Sampler { get; init; }

    public required int MaxTokens { get; init; }

    public required IReadOnlyList<string> StopStrings { get; init; }

    public required Deadline Deadline { get; init; }

    public CancellationToken CancellationToken { get; init; }

    /// <summary>Gets the sequence, which holds a beginning of the prompt and not all of it.</summary>
    public required CachedSequence Sequence { get; init; }

    /// <summary>Gets the tokens that the sequence may hold.</summary>
    public required int ContextSize { get; init; }

    public ContextOverflow Overflow { get; init; }

    /// <summary>Gets how many tokens from the first a shift keeps.</summary>
    public int KeptTokens { get; init; }

    /// <summary>Gets how many of the most likely tokens are listed for each token; negative computes no log probabilities.</summary>
    public int LogProbabilities { get; init; }

    /// <summary>Gets how many tokens are guessed at once; 0 does not speculate.</summary>
    public int DraftTokens { get; init; }

    public required IDraft Drafter { get; init; }
}

/// <summary>What a run gave.</summary>
internal readonly record struct GenerationResult(string Text, FinishReason FinishReason, DecodeCounters Counters);

/// <summary>What a run counted.</summary>
internal sealed class DecodeCounters
{
    private List<TokenLogProbability>? _logProbabilities;

    public int CachedTokens { get; init; }

    public int CompletionTokens { get; set; }

    public int DraftedTokens { get; set; }

    public int AcceptedTokens { get; set; }

    public TimeSpan PromptTime { get; set; }

    public TimeSpan SamplingTime { get; set; }

    public TimeSpan? TimeToFirstToken { get; set; }

    public List<TokenLogProbability> LogProbabilities => _logProbabilities ??= [];

    public IReadOnlyList<TokenLogProbability>? LogProbabilitiesOrNull => _logProbabilities;
}
