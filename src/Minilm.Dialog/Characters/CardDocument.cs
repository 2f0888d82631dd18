using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Minilm.Dialog.Cards;

namespace Minilm.Dialog.Characters;

/// <summary>A card that a host created, in the shape of a card file. The public types cannot be serialized themselves: generated code does not set init-only members.</summary>
internal sealed class CardDocument(CharacterCard card)
{
    public string Name => card.Name;

    public string Description => card.Description;

    public IReadOnlyDictionary<string, string> Animations => card.Animations;

    public IEnumerable<CardDialogDocument> Dialogs => card.Dialogs.Select(dialog => new CardDialogDocument(dialog));

    public CardPersonalityDocument? Personality => card.Personality is { } personality ? new CardPersonalityDocument(personality) : null;

    public DialogBackendDocument? DialogBackend => card.DialogBackend is { } backend ? new DialogBackendDocument(backend) : null;

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; } = card.Other;
}

internal sealed class CardDialogDocument(CardDialog dialog)
{
    public string Trigger => dialog.Trigger;

    public IReadOnlyList<string> Responses => dialog.Responses;

    public string? Animation => dialog.Animation;

    public double Cooldown => dialog.Cooldown;

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; } = dialog.Other;
}

internal sealed class CardPersonalityDocument(CardPersonality personality)
{
    public IReadOnlyDictionary<string, double> Traits => personality.Traits;

    public IReadOnlyDictionary<string, double>? Compatibility => personality.Compatibility.Count > 0 ? personality.Compatibility : null;

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; } = personality.Other;
}

internal sealed class DialogBackendDocument(DialogBackendConfig config)
{
    public bool Enabled => config.Enabled;

    public string DefaultBackend => config.DefaultBackend;

    public IReadOnlyList<string> FallbackChain => config.FallbackChain;

    public double ConfidenceThreshold => config.ConfidenceThreshold;

    public bool MemoryEnabled => config.MemoryEnabled;

    public bool LearningEnabled => config.LearningEnabled;

    public bool DebugMode => config.DebugMode;

    public int ResponseTimeout => config.ResponseTimeout;

    public IReadOnlyDictionary<string, JsonElement> Backends => config.Backends;

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; } = config.Other;
}

/// <summary>Writes JSON as real cards are written: indented by two spaces, <c>&lt; &gt; &amp;</c> and letters unescaped, emoji escaped as surrogate pairs.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CardDocument))]
internal sealed partial class CardJsonContext : JsonSerializerContext
{
    private static CardJsonContext Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    // .NET 8 always takes the line ends of the system; in strings they are escaped.
    public static string Write(CardDocument card) => JsonSerializer.Serialize(card, Readable.CardDocument).Replace("\r\n", "\n", StringComparison.Ordinal);
}
