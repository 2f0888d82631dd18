using System.Collections.ObjectModel;
using Minilm.Dialog.History;

namespace Minilm.Dialog.Prompting;

/// <summary>The input of a prompt.</summary>
public sealed record PromptInput
{
    /// <summary>Gets the character's name.</summary>
    public required string CharacterName { get; init; }

    /// <summary>Gets the character's description; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Gets the instruction at the start of the prompt, or a template of the whole prompt (<see cref="PromptTemplate"/>); null generates one from name and description.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Gets lines in the character's voice; the first three are used.</summary>
    public IReadOnlyList<string> PersonalityLines { get; init; } = [];

    /// <summary>Gets the strength of the card's traits from 0 to 1, by name. The traits of <see cref="Context"/> replace them if there are any.</summary>
    public IReadOnlyDictionary<string, double> Traits { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Gets the factor applied to traits before they are compared with the threshold of 0.6; 1 is normal, 0 omits traits and lines.</summary>
    public double PersonalityWeight { get; init; } = 1;

    /// <summary>Gets the weight of the mood; 0 omits it, any other value includes it.</summary>
    public double MoodInfluence { get; init; } = 0.7;

    /// <summary>Gets the turn to answer.</summary>
    public required DialogContext Context { get; init; }

    /// <summary>Gets the past exchanges, oldest first.</summary>
    public IReadOnlyList<DialogExchange> History { get; init; } = [];

    /// <summary>Gets the maximum number of exchanges of <see cref="History"/> that are included, the newest ones.</summary>
    public int MaxHistoryLength { get; init; } = 10;

    /// <summary>Gets the current time, from which ages are counted. Its local hour gives the time of day when the context has none.</summary>
    public required DateTimeOffset Now { get; init; }
}
