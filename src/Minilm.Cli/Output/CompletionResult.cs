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
    string Backend)
{
    public static CompletionResult From(Completion completion, string backend) => new(
        completion.Text,
        completion.FinishReason,
        completion.Usage.PromptTokens,
        completion.Usage.CompletionTokens,
        Milliseconds(completion.Usage.TimeToFirstToken),
        Milliseconds(completion.Usage.TotalTime).GetValueOrDefault(),
        Math.Round(completion.Usage.TokensPerSecond, 2),
        backend);

    private static double? Milliseconds(TimeSpan? time) => time is { } span ? Math.Round(span.TotalMilliseconds, 3) : null;
}
