using System.Text.Json;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Cards;

/// <summary>Settings of the backend <c>simple_random</c>: the object <c>dialogBackend.backends.simple_random</c> of a card.</summary>
public sealed record SimpleRandomConfig
{
    /// <summary>Gets a value indicating whether this backend answers.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Gets the lines for triggers that the card has no lines for: <c>responses</c>, then <c>fallbackPhrases</c>.</summary>
    public IReadOnlyList<string> Responses { get; init; } = [];

    /// <summary>Gets the unknown keys, to be reported.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];

    /// <summary>Parses the settings. A missing or null member takes its default.</summary>
    /// <param name="settings">The JSON object.</param>
    /// <param name="jsonPath">Its JSON path in the card, for messages.</param>
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
