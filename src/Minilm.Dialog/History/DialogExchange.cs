namespace Minilm.Dialog.History;

/// <summary>One past turn of a conversation: what the user did or said, and the reply.</summary>
public sealed record DialogExchange
{
    /// <summary>Gets the trigger.</summary>
    public required string Trigger { get; init; }

    /// <summary>Gets what the user said; null when there were no words.</summary>
    public string? UserText { get; init; }

    /// <summary>Gets the character's reply.</summary>
    public required string Reply { get; init; }

    /// <summary>Gets the name of the backend that replied.</summary>
    public required string Backend { get; init; }

    /// <summary>Gets the time of the reply.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the user's feedback; null until it is given.</summary>
    public DialogFeedback? Feedback { get; init; }
}
