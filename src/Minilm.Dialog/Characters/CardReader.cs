using System.Globalization;
using System.Text.Json;
using Minilm.Dialog.Cards;

namespace Minilm.Dialog.Characters;

/// <summary>Creates a card from JSON: strict where a wrong value would be noticed or do harm, lenient where real cards differ.</summary>
internal static class CardReader
{
    private const int MaxNameLength = 50;
    private const int MaxDescriptionLength = 200;
    private const int MaxToleratedDescriptionLength = 1000;
    private const int MaxResponses = 10;

    public static CharacterCard Read(CardSource source)
    {
        JsonElement root = source.Parse();
        try
        {
            return Read(new JsonObjectReader(root, JsonPaths.Root), source);
        }
        catch (CardException e)
        {
            throw source.Locate(e);
        }
    }

    private static CharacterCard Read(JsonObjectReader root, CardSource source)
    {
        if (root.Has("chainOrder") && !root.Has("name"))
        {
            throw new CardException("$ is not a card: it is a bare Markov configuration ('chainOrder', but no 'name'). Put it into a card, under $.dialogBackend.backends.markov_chain.");
        }

        List<string> remarks = [];
        return new CharacterCard
        {
            Name = Required(root, "name", MaxNameLength, MaxNameLength, remarks),
            Description = Required(root, "description", MaxDescriptionLength, MaxToleratedDescriptionLength, remarks),
            Animations = Animations(root),
            Dialogs = Dialogs(root),
            Personality = root.Object("personality") is { } personality ? Personality(personality) : null,
            DialogBackend = root.Object("dialogBackend") is { } backend ? Backend(backend) : null,
            Other = root.Other,
            FilePath = source.FilePath,
            Remarks = remarks,
            Source = source,
        };
    }

    private static string Required(JsonObjectReader reader, string key, int max, int maxTolerated, List<string> remarks)
    {
        string path = reader.PathOf(key);
        string text = reader.String(key) ?? throw new CardException($"{path} is missing. Add it, with 1 to {max} characters.", path);
        int length = new StringInfo(text).LengthInTextElements;
        if (string.IsNullOrWhiteSpace(text) || length > maxTolerated)
        {
            string fault = length > maxTolerated ? $"has {length} characters" : "is blank";
            throw new CardException($"{path} {fault}, but must have 1 to {max}. {(length > maxTolerated ? "Shorten it" : "Fill it in")}.", path);
        }

        if (length > max)
        {
            remarks.Add($"{path} has {length} characters; more than {max} may not fit where it is shown.");
        }

        return text;
    }

    private static Dictionary<string, string> Animations(JsonObjectReader root)
    {
        Dictionary<string, string> animations = new(StringComparer.Ordinal);
        if (root.Object("animations") is { } reader)
        {
            foreach ((string name, JsonElement file) in reader.Members)
            {
                animations[name] = JsonObjectReader.StringOf(file, reader.PathOf(name));
            }
        }

        return animations;
    }

    /// <summary>Reads the list <c>dialogs</c>, or where a card has none <c>dialogConfig</c>: one dialog, or a list.</summary>
    private static List<CardDialog> Dialogs(JsonObjectReader root)
    {
        if (root.TryGet("dialogs", out JsonElement dialogs))
        {
            return [.. JsonObjectReader.Items(dialogs, root.PathOf("dialogs"), "a list of dialogs").Select(item => Dialog(item.Value, item.Path))];
        }

        if (!root.TryGet("dialogConfig", out JsonElement config))
        {
            return [];
        }

        string path = root.PathOf("dialogConfig");
        return config.ValueKind == JsonValueKind.Array
            ? [.. JsonObjectReader.Items(config, path, "a list of dialogs").Select(item => Dialog(item.Value, item.Path))]
            : [Dialog(config, path)];
    }

    private static CardDialog Dialog(JsonElement element, string path)
    {
        JsonObjectReader dialog = new(element, path);
        string? trigger = dialog.String("trigger");
        if (string.IsNullOrWhiteSpace(trigger))
        {
            throw new CardException($"{dialog.PathOf("trigger")} is {(trigger is null ? "missing" : "blank")}. Name one, such as \"click\".", dialog.PathOf("trigger"));
        }

        return new CardDialog
        {
            Trigger = trigger,
            Responses = Responses(dialog),
            Animation = dialog.String("animation"),
            Cooldown = dialog.Number("cooldown", 5, 0, double.MaxValue),
            Other = dialog.Other,
        };
    }

    private static List<string> Responses(JsonObjectReader dialog)
    {
        string path = dialog.PathOf("responses");
        List<string> responses = [];
        if (dialog.TryGet("responses", out JsonElement list))
        {
            foreach ((JsonElement value, string itemPath) in JsonObjectReader.Items(list, path, "a list of strings"))
            {
                string line = JsonObjectReader.StringOf(value, itemPath);
                responses.Add(string.IsNullOrWhiteSpace(line) ? throw new CardException($"{itemPath} is blank. Write a line, or remove it.", itemPath) : line);
            }
        }

        return responses.Count switch
        {
            0 => throw new CardException($"{path} has no lines, but must have 1 to {MaxResponses}. Write one, or remove the dialog.", path),
            > MaxResponses => throw new CardException($"{path} has {responses.Count} lines, but must have 1 to {MaxResponses}. Remove some, or put them into a second dialog of the trigger.", path),
            _ => responses,
        };
    }

    private static CardPersonality Personality(JsonObjectReader personality)
    {
        Dictionary<string, double> traits = Numbers(personality.Object("traits"), 1);
        Dictionary<string, double> compatibility = Numbers(personality.Object("compatibility"), double.MaxValue);
        foreach ((string name, JsonElement value) in personality.Members)
        {
            // Some cards put traits directly into "personality". A value that is no strength is no trait, and stays unknown.
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double strength) && strength is >= 0 and <= 1)
            {
                traits.TryAdd(name, strength);
                personality.MarkKnown(name);
            }
        }

        return new CardPersonality { Traits = traits, Compatibility = compatibility, Other = personality.Other };
    }

    private static Dictionary<string, double> Numbers(JsonObjectReader? reader, double max)
    {
        Dictionary<string, double> numbers = new(StringComparer.Ordinal);
        if (reader is not null)
        {
            foreach ((string name, JsonElement value) in reader.Members)
            {
                numbers[name] = JsonObjectReader.NumberOf(value, reader.PathOf(name), 0, max, "remove it");
            }
        }

        return numbers;
    }

    private static DialogBackendConfig Backend(JsonObjectReader checkedReader)
    {
        bool enabled = checkedReader.Boolean("enabled", defaultValue: false);
        JsonObjectReader reader = enabled ? checkedReader : checkedReader.Lenient();
        string path = reader.PathOf("defaultBackend");
        string defaultBackend = reader.String("defaultBackend") ?? "";
        if (enabled && string.IsNullOrWhiteSpace(defaultBackend))
        {
            throw new CardException($"{path} is missing, but backends are enabled. Name the backend to ask first, such as \"llm\", or set enabled to false.", path);
        }

        return new DialogBackendConfig
        {
            Enabled = enabled,
            DefaultBackend = defaultBackend,
            FallbackChain = reader.Strings("fallbackChain"),
            ConfidenceThreshold = reader.Number("confidenceThreshold", 0.5, 0, 1),
            MemoryEnabled = reader.Boolean("memoryEnabled", defaultValue: true),
            LearningEnabled = reader.Boolean("learningEnabled", defaultValue: false),
            DebugMode = reader.Boolean("debugMode", defaultValue: false),
            ResponseTimeout = reader.Integer("responseTimeout", 1000, 0, int.MaxValue),
            Backends = Backends(reader, enabled),
            Other = reader.Other,
        };
    }

    private static Dictionary<string, JsonElement> Backends(JsonObjectReader reader, bool enabled)
    {
        Dictionary<string, JsonElement> backends = new(StringComparer.Ordinal);
        if (reader.Object("backends") is not { } all)
        {
            return backends;
        }

        foreach ((string name, JsonElement settings) in all.Members)
        {
            if (settings.ValueKind == JsonValueKind.Object)
            {
                backends[name] = settings;
            }
            else if (enabled && settings.ValueKind != JsonValueKind.Null)
            {
                throw JsonObjectReader.WrongValue(all.PathOf(name), settings, "an object", "Put its settings between braces");
            }
        }

        return backends;
    }
}
