using System.Text.Json;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Cards;

/// <summary>Settings of the backend <c>simple_random</c>: the object <c>dialogBackend.backends.simple_random</c> of a card.</summary>
public sealed record SimpleRandomConfig
{
    /// <summary>Gets a value indicating whether this backend answers.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Gets lines to say when the card has none for a trigger: those of <c>responses</c>, then those of <c>fallbackPhrases</c>.</summary>
    public IReadOnlyList<string> Responses { get; init; } = [];

    /// <summary>Gets the keys that are not known, to be reported.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];

    /// <summary>Reads the settings. What is missing or null takes its default.</summary>
    /// <param name="settings">The object.</param>
    /// <param name="jsonPath">Its place in the card, for messages.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="CardException">A value is of the wrong type.</exception>
    public static SimpleRandomConfig Parse(JsonElement settings, string jsonPath)
    {
        JsonObjectReader reader = new(settings, jsonPath);
        SimpleRandomConfig config = new()
        {
            Enabled = reader.Boolean("enabled", defaultValue: true),
            Responses = [.. reader.Strings("responses"), .. reader.Strings("fallbackPhrases")],
        };
        return config with { UnknownKeys = reader.UnknownKeys };
    }
}
