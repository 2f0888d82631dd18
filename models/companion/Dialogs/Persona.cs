using Minilm.Companion.Grammar;

namespace Minilm.Companion.Dialogs;

/// <summary>Who speaks, to whom, and in which state.</summary>
internal sealed record Persona
{
    public required Temperament Temperament { get; init; }

    public required string Name { get; init; }

    public required string Creature { get; init; }

    public string Description { get; init; } = "";

    /// <summary>Gets the card's system prompt; null takes one made of name and description.</summary>
    public string? SystemPrompt { get; init; }

    public required IReadOnlyDictionary<string, double> Traits { get; init; }

    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>Gets the mood from 1 to 100; 0 is not told.</summary>
    public double Mood { get; init; }

    public required string TimeOfDay { get; init; }

    public string? Relationship { get; init; }

    /// <summary>Gets stranger, acquaintance, friend or family; null when the relationship is not told.</summary>
    public string? Closeness { get; init; }

    public string? UserName { get; init; }

    public MoodBand MoodBand => Temperaments.BandOf(Mood);
}
