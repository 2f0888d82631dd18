using System.Text.Json;
using System.Text;
using Minilm.Abstractions;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Cards;

/// <summary>A character: who it is, its own lines, and the backends that answer for it. Unknown members are preserved.</summary>
/// <remarks>A card is immutable. To change one, create a new one from its members; it is then written in the usual format, whatever the format of the original.</remarks>
public sealed class CharacterCard
{
    private static readonly Dictionary<string, double> NoTraits = [];

    /// <summary>Gets the name, 1 to 50 characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the description, 1 to 200 characters. Up to 1000 are accepted, with a remark: a real card has 203.</summary>
    public string Description { get; init; } = "";

    /// <summary>Gets the image files of the animations, by name.</summary>
    public IReadOnlyDictionary<string, string> Animations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Gets the character's own lines, by trigger.</summary>
    public IReadOnlyList<CardDialog> Dialogs { get; init; } = [];

    /// <summary>Gets the personality; null when the card has none.</summary>
    public CardPersonality? Personality { get; init; }

    /// <summary>Gets the backends that answer for the character; null when only its own lines do.</summary>
    public DialogBackendConfig? DialogBackend { get; init; }

    /// <summary>Gets the members that this type does not know, unchanged.</summary>
    public IDictionary<string, JsonElement>? Other { get; init; }

    /// <summary>Gets the file that the card was read from; null when it was not read from a file. Relative model paths are resolved against its folder.</summary>
    public string? FilePath { get; init; }

    /// <summary>Gets remarks on what is unusual about the card but no reason to reject it: sentences for a log.</summary>
    public IReadOnlyList<string> Remarks { get; internal init; } = [];

    /// <summary>Gets the strength of personality traits from 0 to 1, by name; empty when there are none.</summary>
    public IReadOnlyDictionary<string, double> Traits => Personality?.Traits ?? NoTraits;

    internal CardSource? Source { get; init; }

    /// <summary>Gets the source of the card that this one is a modified copy of, to locate errors in; null when it is no copy.</summary>
    internal CardSource? CopiedFrom { get; init; }

    /// <summary>Reads a card from a file.</summary>
    /// <param name="path">The file: UTF-8 with or without a byte order mark, at most 4 MB.</param>
    /// <returns>The card.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="CardException">There is no such file, or it is not a valid card.</exception>
    public static CharacterCard Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return CardReader.Read(CardSource.Load(path));
    }

    /// <summary>Reads a card from memory.</summary>
    /// <param name="utf8">The JSON in UTF-8, with or without a byte order mark, at most 4 MB. It is copied.</param>
    /// <param name="path">The file that the JSON comes from, for messages and relative model paths; null when there is none.</param>
    /// <returns>The card.</returns>
    /// <exception cref="CardException">It is not a valid card.</exception>
    public static CharacterCard Parse(ReadOnlySpan<byte> utf8, string? path = null) => CardReader.Read(new CardSource(utf8.ToArray(), path));

    /// <summary>Returns the card as JSON: the exact text that it was read from, or one generated from its members.</summary>
    /// <returns>The JSON.</returns>
    public string ToJson() => Source?.Text ?? CardJsonContext.Write(new CardDocument(this));

    /// <summary>Writes the card to a file atomically: an existing file stays until the new one is complete, and its mode and links to it are kept.</summary>
    /// <param name="path">The file. Relative model paths are not adapted to its folder.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Source is null ? Encoding.UTF8.GetBytes(ToJson() + "\n") : Source.Bytes);
    }

    /// <summary>Finds the card's own lines for a trigger, ignoring case.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <returns>The lines of all dialogs of the trigger, in order; empty when there are none.</returns>
    public IReadOnlyList<string> LinesFor(string trigger)
    {
        IReadOnlyList<string> lines = [];
        foreach (CardDialog dialog in DialogsOf(trigger))
        {
            lines = lines.Count == 0 ? dialog.Responses : [.. lines, .. dialog.Responses];
        }

        return lines;
    }

    /// <summary>Finds the animation for a trigger, ignoring case.</summary>
    /// <param name="trigger">The trigger.</param>
    /// <returns>The animation of the first dialog with that trigger that names one of the card's animations; null when none does.</returns>
    public string? AnimationFor(string trigger)
    {
        foreach (CardDialog dialog in DialogsOf(trigger))
        {
            if (dialog.Animation is not null && Animations.ContainsKey(dialog.Animation))
            {
                return dialog.Animation;
            }
        }

        return null;
    }

    /// <summary>Adds the card's file and the line number to an error with a JSON path, such as one from <see cref="LlmBackendConfig.Parse"/>.</summary>
    /// <param name="error">The error.</param>
    /// <returns>An error that names file, JSON path and line; the same one when it already does, or when the card was not read from JSON.</returns>
    public CardException Locate(CardException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return (Source ?? CopiedFrom)?.Locate(error) ?? error;
    }

    private IEnumerable<CardDialog> DialogsOf(string trigger)
    {
        ArgumentNullException.ThrowIfNull(trigger);
        return Dialogs.Where(dialog => string.Equals(dialog.Trigger, trigger, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>A card's own lines for one trigger.</summary>
public sealed class CardDialog
{
    /// <summary>Gets the trigger.</summary>
    public string Trigger { get; init; } = "";

    /// <summary>Gets the lines, 1 to 10.</summary>
    public IReadOnlyList<string> Responses { get; init; } = [];

    /// <summary>Gets the animation; null when there is none.</summary>
    public string? Animation { get; init; }

    /// <summary>Gets the number of seconds before the lines may be used again.</summary>
    public double Cooldown { get; init; } = 5;

    /// <summary>Gets the members that this type does not know, unchanged.</summary>
    public IDictionary<string, JsonElement>? Other { get; init; }
}

/// <summary>The personality of a card.</summary>
public sealed class CardPersonality
{
    /// <summary>Gets the strength of traits from 0 to 1, by name.</summary>
    public IReadOnlyDictionary<string, double> Traits { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Gets the compatibility with others, by name.</summary>
    public IReadOnlyDictionary<string, double> Compatibility { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Gets the members that this type does not know, unchanged.</summary>
    public IDictionary<string, JsonElement>? Other { get; init; }
}

/// <summary>The backends of a character, and the order in which they are asked.</summary>
public sealed class DialogBackendConfig
{
    /// <summary>Gets a value indicating whether backends answer at all. If not, the other members are not validated.</summary>
    public bool Enabled { get; init; }

    /// <summary>Gets the name of the backend that is asked first.</summary>
    public string DefaultBackend { get; init; } = "";

    /// <summary>Gets the names of the backends that are asked after it, in order.</summary>
    public IReadOnlyList<string> FallbackChain { get; init; } = [];

    /// <summary>Gets the confidence from 0 to 1 that a response of the default backend must reach.</summary>
    public double ConfidenceThreshold { get; init; } = 0.5;

    /// <summary>Gets a value indicating whether backends are given the history of the conversation.</summary>
    public bool MemoryEnabled { get; init; } = true;

    /// <summary>Gets a value indicating whether backends learn from feedback.</summary>
    public bool LearningEnabled { get; init; }

    /// <summary>Gets a value indicating whether each dialog is logged in detail.</summary>
    public bool DebugMode { get; init; }

    /// <summary>Gets the time limit of a whole dialog in milliseconds; 0 is unlimited.</summary>
    public int ResponseTimeout { get; init; } = 1000;

    /// <summary>Gets the settings of backends, by name; each is a JSON object.</summary>
    public IReadOnlyDictionary<string, JsonElement> Backends { get; init; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>Gets the members that this type does not know, unchanged.</summary>
    public IDictionary<string, JsonElement>? Other { get; init; }
}
