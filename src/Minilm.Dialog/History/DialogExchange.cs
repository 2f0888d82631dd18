namespace Minilm.Dialog.History;

/// <summary>One turn that was: what the user did or said, and the reply.</summary>
public sealed record DialogExchange
{
    /// <summary>Gets what happened.</summary>
    public required string Trigger { get; init; }

    /// <summary>Gets what the user said; null when there were no words.</summary>
    public string? UserText { get; init; }

    /// <summary>Gets what the character said.</summary>
    public required string Reply { get; init; }

    /// <summary>Gets the name of the backend that said it.</summary>
    public required string Backend { get; init; }

    /// <summary>Gets when it was said.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets what the user made of it; null until that is known.</summary>
    public DialogFeedback? Feedback { get; init; }
}
