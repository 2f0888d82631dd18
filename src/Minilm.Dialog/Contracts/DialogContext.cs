namespace Minilm.Dialog;

/// <summary>One turn of a conversation: what happened, and what the character knows when it answers.</summary>
public sealed record DialogContext
{
    /// <summary>Gets what happened: one of <see cref="DialogTriggers"/>, or a custom one.</summary>
    public required string Trigger { get; init; }

    /// <summary>Gets what the user said; null when the user did something without words.</summary>
    public string? UserText { get; init; }

    /// <summary>Gets the conversation that this turn belongs to. Each conversation has a history of its own.</summary>
    public string ConversationId { get; init; } = "default";

    /// <summary>Gets the user's name; null when unknown.</summary>
    public string? UserName { get; init; }

    /// <summary>Gets the mood from 0 to 100; 0 or less means unknown.</summary>
    public double Mood { get; init; }

    /// <summary>Gets the strength of personality traits from 0 to 1, by name; null uses the card's.</summary>
    public IReadOnlyDictionary<string, double>? Traits { get; init; }

    /// <summary>Gets how close the two are ("stranger", "friend", …); null when unknown.</summary>
    public string? RelationshipLevel { get; init; }

    /// <summary>Gets the time of day ("morning", …); null takes it from the clock.</summary>
    public string? TimeOfDay { get; init; }

    /// <summary>Gets the lines to choose from when no backend answers; empty uses the card's lines for the trigger.</summary>
    public IReadOnlyList<string> FallbackResponses { get; init; } = [];

    /// <summary>Gets the animation of a fallback line; null uses the card's animation for the trigger.</summary>
    public string? FallbackAnimation { get; init; }
}
