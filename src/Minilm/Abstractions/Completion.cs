namespace Minilm;

/// <summary>Says why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended it, or a stop string was reached.</summary>
    Stop,

    /// <summary>The token limit or the end of the context window was reached.</summary>
    Length,

    /// <summary>The deadline passed.</summary>
    Timeout,

    /// <summary>The caller cancelled, or the model was freed.</summary>
    Cancelled,
}

/// <summary>The result of one call.</summary>
/// <param name="Text">The generated text without the prompt and without the stop string.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="Usage">Tokens and times.</param>
public sealed record Completion(string Text, FinishReason FinishReason, CompletionUsage Usage)
{
    /// <summary>Gets how likely each generated token was, in order, those of a stop string included; null unless <see cref="CompletionOptions.LogProbabilities"/> asked for it.</summary>
    public IReadOnlyList<TokenLogProbability>? LogProbabilities { get; init; }

    /// <summary>Gets the calls of tools that followed the text; empty without <see cref="CompletionOptions.Tools"/>.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];
}

/// <summary>A piece of a completion that is still being generated.</summary>
/// <param name="Text">New text; may be empty in the last chunk.</param>
/// <param name="FinishReason">Set in the last chunk only.</param>
/// <param name="Usage">Set in the last chunk only.</param>
public readonly record struct CompletionChunk(string Text, FinishReason? FinishReason = null, CompletionUsage? Usage = null);

/// <summary>Tokens and times of one call.</summary>
public sealed record CompletionUsage
{
    /// <summary>Gets the tokens of the prompt, special tokens included.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Gets the tokens of the prompt that an earlier call had decoded already, and that cost nothing.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Gets the generated tokens, the one that ended the generation not included.</summary>
    public int CompletionTokens { get; init; }

    /// <summary>Gets the time spent waiting for other calls.</summary>
    public TimeSpan QueueTime { get; init; }

    /// <summary>Gets the tokens that were guessed (<see cref="CompletionOptions.DraftTokens"/>, <see cref="CompletionOptions.DraftModel"/>).</summary>
    public int DraftedTokens { get; init; }

    /// <summary>Gets the guessed tokens that turned out right, each of which saved a decode.</summary>
    public int AcceptedTokens { get; init; }

    /// <summary>Gets the time for decoding the prompt (prefill).</summary>
    public TimeSpan PromptTime { get; init; }

    /// <summary>Gets the time spent in samplers.</summary>
    public TimeSpan SamplingTime { get; init; }

    /// <summary>Gets the time per token after the first; zero with fewer than two tokens.</summary>
    public TimeSpan TimePerToken => TokensPerSecond > 0 ? TimeSpan.FromSeconds(1 / TokensPerSecond) : TimeSpan.Zero;

    /// <summary>Gets the time from the call to its first token, queue included; null when none was generated.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>Gets the time of the whole call, queue included.</summary>
    public TimeSpan TotalTime { get; init; }

    /// <summary>Gets the decode speed: tokens after the first, divided by the time since the first. 0 with fewer than two tokens.</summary>
    public double TokensPerSecond =>
        CompletionTokens > 1 && TimeToFirstToken is { } first && TotalTime > first
            ? (CompletionTokens - 1) / (TotalTime - first).TotalSeconds
            : 0;
}
