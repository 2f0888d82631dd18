namespace Minilm;

/// <summary>Says what a call does when its deadline passes, when it is cancelled, or when its model is freed.</summary>
public enum InterruptionBehavior
{
    /// <summary>Throws <see cref="CompletionTimeoutException"/> (which carries the partial completion) or <see cref="OperationCanceledException"/>.</summary>
    Throw,

    /// <summary>Returns what was generated so far, with the finish reason <see cref="FinishReason.Timeout"/> or <see cref="FinishReason.Cancelled"/>.</summary>
    ReturnPartial,
}
