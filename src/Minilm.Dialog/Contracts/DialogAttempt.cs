namespace Minilm.Dialog;

/// <summary>What became of one backend that was asked for a response.</summary>
/// <param name="Backend">Its name.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why it did not answer; null when it did.</param>
public sealed record DialogAttempt(string Backend, DialogOutcome Outcome, string? Reason = null)
{
    /// <summary>Says it in words.</summary>
    /// <returns>Such as <c>llm: Failed (model file 'x.gguf' does not exist)</c>.</returns>
    public override string ToString() => Reason is null ? $"{Backend}: {Outcome}" : $"{Backend}: {Outcome} ({Reason})";
}

/// <summary>What can become of a backend that is asked.</summary>
public enum DialogOutcome
{
    /// <summary>Its response was taken.</summary>
    Answered,

    /// <summary>It cannot handle the situation.</summary>
    CannotHandle,

    /// <summary>It answered, but was less sure than the card wants.</summary>
    LowConfidence,

    /// <summary>It threw, or answered nothing.</summary>
    Failed,

    /// <summary>Its share of the time ended.</summary>
    TimedOut,

    /// <summary>It is still being prepared, such as a model that loads.</summary>
    NotReady,

    /// <summary>It failed repeatedly and is not asked for a while.</summary>
    OutOfService,
}
