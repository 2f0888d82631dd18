using Minilm.Dialog;
using Minilm.Dialog.Backends;

namespace Minilm.Cli.Output;

/// <summary>What <c>chat --json</c> prints for each reply.</summary>
internal sealed record ChatResult(
    string Backend,
    string? ModelBackend,
    string Text,
    string Animation,
    string Tone,
    string Type,
    double Confidence,
    FinishReason? FinishReason,
    double TotalMs,
    double? TokensPerSecond,
    IReadOnlyList<ChatAttempt> Attempts)
{
    public static ChatResult From(DialogResponse response) => new(
        response.Backend,
        response.ModelBackend,
        response.Text,
        response.Animation,
        response.Tone,
        response.Type,
        Math.Round(response.Confidence, 3),
        response.Completion?.FinishReason,
        Math.Round(response.Elapsed.TotalMilliseconds, 3),
        response is { Completion: { } completion, ModelBackend: not ModelInfo.BackendMock } ? Math.Round(completion.Usage.TokensPerSecond, 2) : null,
        [.. response.Attempts.Select(attempt => new ChatAttempt(attempt.Backend, attempt.Outcome, attempt.Reason))]);
}

/// <summary>What became of a backend that was asked.</summary>
internal sealed record ChatAttempt(string Backend, DialogOutcome Outcome, string? Reason);

/// <summary>What <c>/stats</c> prints as JSON.</summary>
internal sealed record ChatStats(IReadOnlyList<BackendStatus> Backends)
{
    public static ChatStats From(IReadOnlyList<BackendStatus> backends) => new(backends);
}
