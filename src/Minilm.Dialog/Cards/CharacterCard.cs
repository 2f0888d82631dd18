using System.Text.Json;
using System.Text.Json.Serialization;

namespace Minilm.Dialog.Cards;

/// <summary>A character: who it is, what it says by itself, and what answers for it. Members that this type does not know are kept.</summary>
public sealed class CharacterCard
{
    /// <summary>Gets the name, 1 to 50 characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the description, 1 to 200 characters.</summary>
    public string Description { get; init; } = "";

    /// <summary>Gets the pictures of the animations, by name.</summary>
    public IReadOnlyDictionary<string, string> Animations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the character's own lines, by trigger.</summary>
    public IReadOnlyList<CardDialog> Dialogs { get; init; } = [];

    /// <summary>Gets the personality; null when the card has none.</summary>
    public CardPersonality? Personality { get; init; }

    /// <summary>Gets what answers for the character; null when only its own lines do.</summary>
    public DialogBackendConfig? DialogBackend { get; init; }

    /// <summary>Gets the members that this type does not know, as they are.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; init; }

    /// <summary>Gets the file that the card was read from; null when it was not. Relative model paths begin at its folder.</summary>
    [JsonIgnore]
    public string? FilePath { get; init; }
}

/// <summary>Lines of a card for one trigger.</summary>
public sealed class CardDialog
{
    /// <summary>Gets what must happen.</summary>
    public string Trigger { get; init; } = "";

    /// <summary>Gets the lines, 1 to 10.</summary>
    public IReadOnlyList<string> Responses { get; init; } = [];

    /// <summary>Gets the animation; null when there is none.</summary>
    public string? Animation { get; init; }

    /// <summary>Gets the seconds before the lines may come again.</summary>
    public double Cooldown { get; init; } = 5;

    /// <summary>Gets the members that this type does not know, as they are.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; init; }
}

/// <summary>The personality of a card.</summary>
public sealed class CardPersonality
{
    /// <summary>Gets the strength of traits from 0 to 1, by name.</summary>
    public IReadOnlyDictionary<string, double> Traits { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Gets how well others fit, by name.</summary>
    public IReadOnlyDictionary<string, double> Compatibility { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Gets the members that this type does not know, as they are.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; init; }
}

/// <summary>What answers for a character, and in which order.</summary>
public sealed class DialogBackendConfig
{
    /// <summary>Gets a value indicating whether backends answer at all. When not, nothing here is checked.</summary>
    public bool Enabled { get; init; }

    /// <summary>Gets the name of the backend that is asked first.</summary>
    public string DefaultBackend { get; init; } = "";

    /// <summary>Gets the names of those that are asked after it, in order.</summary>
    public IReadOnlyList<string> FallbackChain { get; init; } = [];

    /// <summary>Gets the confidence from 0 to 1 that the default backend needs.</summary>
    public double ConfidenceThreshold { get; init; } = 0.5;

    /// <summary>Gets a value indicating whether conversations are remembered.</summary>
    public bool MemoryEnabled { get; init; } = true;

    /// <summary>Gets a value indicating whether backends learn from feedback.</summary>
    public bool LearningEnabled { get; init; }

    /// <summary>Gets a value indicating whether each dialog is logged in detail.</summary>
    public bool DebugMode { get; init; }

    /// <summary>Gets the time for a whole dialog in milliseconds; 0 is unlimited.</summary>
    public int ResponseTimeout { get; init; } = 1000;

    /// <summary>Gets the settings of backends, by name; each is a JSON object.</summary>
    public IReadOnlyDictionary<string, JsonElement> Backends { get; init; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>Gets the members that this type does not know, as they are.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; init; }
}
