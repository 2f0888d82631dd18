using System.Text.Json.Serialization;

namespace Minilm.Cli.Output;

/// <summary>What <c>complete --json</c> prints.</summary>
internal sealed record CompletionResult(
    string Text,
    FinishReason FinishReason,
    int PromptTokens,
    int CompletionTokens,
    double? TtftMs,
    double TotalMs,
    double TokensPerSecond,
    string Backend,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? CachedTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<TokenResult>? Logprobs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TimingsResult? Timings)
{
    public static CompletionResult From(Completion completion, string backend, bool timings) => new(
        completion.Text,
        completion.FinishReason,
        completion.Usage.PromptTokens,
        completion.Usage.CompletionTokens,
        Milliseconds(completion.Usage.TimeToFirstToken),
        Milliseconds(completion.Usage.TotalTime).GetValueOrDefault(),
        Math.Round(completion.Usage.TokensPerSecond, 2),
        backend,
        completion.Usage.CachedTokens is > 0 and int cached ? cached : null,
        completion.LogProbabilities?.Select(TokenResult.From).ToArray(),
        timings ? TimingsResult.From(completion.Usage) : null);

    private static double? Milliseconds(TimeSpan? time) => time is { } span ? Math.Round(span.TotalMilliseconds, 3) : null;
}

/// <summary>A token and how likely it was.</summary>
internal sealed record TokenResult(int Id, string Text, float Logprob, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<TokenResult>? Top)
{
    public static TokenResult From(TokenLogProbability token) =>
        new(token.Token, token.Text, token.LogProbability, token.Top.Count == 0 ? null : [.. token.Top.Select(From)]);
}

/// <summary>Where the time of a call went, and what guessing gave.</summary>
internal sealed record TimingsResult(double QueueMs, double PrefillMs, double SamplingMs, double PerTokenMs, int DraftedTokens, int AcceptedTokens)
{
    public static TimingsResult From(CompletionUsage usage) => new(
        Math.Round(usage.QueueTime.TotalMilliseconds, 3),
        Math.Round(usage.PromptTime.TotalMilliseconds, 3),
        Math.Round(usage.SamplingTime.TotalMilliseconds, 3),
        Math.Round(usage.TimePerToken.TotalMilliseconds, 4),
        usage.DraftedTokens,
        usage.AcceptedTokens);
}
