using System.Globalization;

namespace Minilm.Abstractions;

/// <summary>Turns an interrupted completion into an exception, for callers that asked for one.</summary>
internal static class Interruptions
{
    /// <exception cref="CompletionTimeoutException">The deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public static Completion ThrowIfInterrupted(Completion completion, TimeSpan? timeout, CancellationToken cancellationToken) => completion.FinishReason switch
    {
        FinishReason.Timeout => throw new CompletionTimeoutException(
            $"The completion did not end within {timeout?.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)} ms; {completion.Usage.CompletionTokens} tokens were generated until then.", completion),
        FinishReason.Cancelled => throw new OperationCanceledException("The completion was cancelled.", cancellationToken),
        _ => completion,
    };
}
