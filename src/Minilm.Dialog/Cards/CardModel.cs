using System.Text.Json;
using System.Text.Json.Nodes;
using Minilm.Dialog.Backends;

namespace Minilm.Dialog.Cards;

/// <summary>Gives a card another model than the one it names.</summary>
public static class CardModel
{
    /// <summary>Copies a card so that a model answers first. What answered first before comes next.</summary>
    /// <param name="card">The card, which stays as it is.</param>
    /// <param name="modelPath">A GGUF file; a relative path begins at the card's folder.</param>
    /// <returns>The copy. Settings of its backend <c>llm</c> other than the path are kept.</returns>
    public static CharacterCard WithModel(this CharacterCard card, string modelPath)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        DialogBackendConfig old = card.DialogBackend ?? new DialogBackendConfig();
        Dictionary<string, JsonElement> backends = new(old.Backends, StringComparer.Ordinal);
        JsonObject settings = backends.TryGetValue(BuiltInBackends.Llm, out JsonElement llm) && llm.ValueKind == JsonValueKind.Object ? JsonObject.Create(llm)! : [];
        settings["modelPath"] = modelPath;
        settings.Remove("mockMode");
        settings.Remove("enabled");
        backends[BuiltInBackends.Llm] = JsonDocument.Parse(settings.ToJsonString()).RootElement;
        IEnumerable<string> chain = old.Enabled ? old.FallbackChain.Prepend(old.DefaultBackend) : [BuiltInBackends.SimpleRandom];
        return new CharacterCard
        {
            Name = card.Name,
            Description = card.Description,
            Animations = card.Animations,
            Dialogs = card.Dialogs,
            Personality = card.Personality,
            Other = card.Other,
            FilePath = card.FilePath,
            DialogBackend = new DialogBackendConfig
            {
                Enabled = true,
                DefaultBackend = BuiltInBackends.Llm,
                FallbackChain = [.. chain.Where(name => name is not (BuiltInBackends.Llm or "")).Distinct(StringComparer.Ordinal)],
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
}
