using System.Collections.ObjectModel;
using Minilm.Dialog.History;

namespace Minilm.Dialog.Prompting;

/// <summary>What a prompt is made of.</summary>
public sealed record PromptInput
{
    /// <summary>Gets the character's name.</summary>
    public required string CharacterName { get; init; }

    /// <summary>Gets who the character is; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Gets the instruction that begins the prompt, or a template of the whole prompt (<see cref="PromptTemplate"/>); null takes one made of name and description.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Gets lines in the character's voice; the first three are told.</summary>
    public IReadOnlyList<string> PersonalityLines { get; init; } = [];

    /// <summary>Gets the card's strength of traits from 0 to 1, by name. Those of <see cref="Context"/>, where it has any, count instead.</summary>
    public IReadOnlyDictionary<string, double> Traits { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Gets the factor of the strength of traits before it is compared with 0.6; 1 is normal, 0 omits traits and lines.</summary>
    public double PersonalityWeight { get; init; } = 1;

    /// <summary>Gets how much of the mood is told; 0 omits it, every other value tells it.</summary>
    public double MoodInfluence { get; init; } = 0.7;

    /// <summary>Gets the situation.</summary>
    public required DialogContext Context { get; init; }

    /// <summary>Gets what was said before, the oldest first.</summary>
    public IReadOnlyList<DialogExchange> History { get; init; } = [];

    /// <summary>Gets the most exchanges of <see cref="History"/> that are told, the newest ones.</summary>
    public int MaxHistoryLength { get; init; } = 10;

    /// <summary>Gets the time from which ages are counted. Its own hour, in its own time zone, gives the time of day when the situation has none.</summary>
    public required DateTimeOffset Now { get; init; }
}
