namespace Minilm.Dialog;

/// <summary>What happened, and what a character knows when it answers: one turn of a conversation.</summary>
public sealed record DialogContext
{
    /// <summary>Gets what happened: one of <see cref="DialogTriggers"/>, or a host's own word.</summary>
    public required string Trigger { get; init; }

    /// <summary>Gets what the user said; null when the user did something without words.</summary>
    public string? UserText { get; init; }

    /// <summary>Gets which conversation this is a turn of. Memory is kept for each by itself.</summary>
    public string ConversationId { get; init; } = "default";

    /// <summary>Gets what the user is called; null when that is unknown.</summary>
    public string? UserName { get; init; }

    /// <summary>Gets the mood from 0 to 100; 0 and less is unknown.</summary>
    public double Mood { get; init; }

    /// <summary>Gets the strength of personality traits from 0 to 1, by name; null takes the card's.</summary>
    public IReadOnlyDictionary<string, double>? Traits { get; init; }

    /// <summary>Gets how close the two are ("stranger", "friend", …); null when that is unknown.</summary>
    public string? RelationshipLevel { get; init; }

    /// <summary>Gets the time of day ("morning", …); null takes the clock's.</summary>
    public string? TimeOfDay { get; init; }

    /// <summary>Gets what to say when no backend answers; empty takes the card's lines for the trigger.</summary>
    public IReadOnlyList<string> FallbackResponses { get; init; } = [];

    /// <summary>Gets the animation of a fallback response; null takes the card's.</summary>
    public string? FallbackAnimation { get; init; }
}
