using System.Text.Json;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Cards;

/// <summary>Replaces the model that a card names.</summary>
public static class CardModel
{
    /// <summary>Copies a card so that a given model answers first, and after it what answered first before.</summary>
    /// <param name="card">The card, which is not changed.</param>
    /// <param name="modelPath">A GGUF file; a relative path is resolved against the card's folder.</param>
    /// <returns>The copy. Settings of its backend <c>llm</c> other than the path are kept.</returns>
    public static CharacterCard WithModel(this CharacterCard card, string modelPath)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        DialogBackendConfig old = card.DialogBackend ?? new DialogBackendConfig();
        Dictionary<string, JsonElement> backends = new(old.Backends, StringComparer.Ordinal);
        backends.TryGetValue(BackendNames.Llm, out JsonElement llm);
        backends[BackendNames.Llm] = Settings(llm, modelPath);
        IEnumerable<string> chain = old.Enabled ? old.FallbackChain.Prepend(old.DefaultBackend) : [BackendNames.SimpleRandom];
        return new CharacterCard
        {
            Name = card.Name,
            Description = card.Description,
            Animations = card.Animations,
            Dialogs = card.Dialogs,
            Personality = card.Personality,
            Other = card.Other,
            FilePath = card.FilePath,
            Remarks = card.Remarks,
            CopiedFrom = card.CopiedFrom ?? card.Source,
            DialogBackend = new DialogBackendConfig
            {
                Enabled = true,
                DefaultBackend = BackendNames.Llm,
                FallbackChain = [.. chain.Where(name => name is not (BackendNames.Llm or "")).Distinct(StringComparer.Ordinal)],
                ConfidenceThreshold = old.ConfidenceThreshold,
                MemoryEnabled = old.MemoryEnabled,
                LearningEnabled = old.LearningEnabled,
                DebugMode = old.DebugMode,
                ResponseTimeout = old.ResponseTimeout,
                Backends = backends,
                Other = old.Other,
            },
        };
    }

    // Not with JsonObject, which rejects duplicate keys; in cards the last one counts.
    private static JsonElement Settings(JsonElement old, string modelPath)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (JsonProperty member in old.ValueKind == JsonValueKind.Object ? old.EnumerateObject() : default)
            {
                if (member.Name is not ("modelPath" or "mockMode" or "enabled"))
                {
                    member.WriteTo(writer);
                }
            }
            writer.WriteString("modelPath", modelPath);
            writer.WriteEndObject();
        }
        return JsonElement.Parse(json.ToArray());
    }
}
