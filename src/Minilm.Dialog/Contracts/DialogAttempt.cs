namespace Minilm.Dialog;

/// <summary>The outcome of asking one backend for a response.</summary>
/// <param name="Backend">The backend's name.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">Why it did not answer; null when it did.</param>
public sealed record DialogAttempt(string Backend, DialogOutcome Outcome, string? Reason = null)
{
    /// <summary>Formats the attempt for logs.</summary>
    /// <returns>Text such as <c>llm: Failed (model file 'x.gguf' does not exist)</c>.</returns>
    public override string ToString() => Reason is null ? $"{Backend}: {Outcome}" : $"{Backend}: {Outcome} ({Reason})";
}

/// <summary>The outcome of asking a backend.</summary>
public enum DialogOutcome
{
    /// <summary>Its response was accepted.</summary>
    Answered,

    /// <summary>It cannot handle the trigger.</summary>
    CannotHandle,

    /// <summary>It answered, but with a confidence below the threshold.</summary>
    LowConfidence,

    /// <summary>It threw an exception, or returned no text.</summary>
    Failed,

    /// <summary>It did not answer within its share of the response time.</summary>
    TimedOut,

    /// <summary>It is still being prepared, for instance loading a model.</summary>
    NotReady,

    /// <summary>It failed repeatedly and is out of service for a while.</summary>
    OutOfService,
}
