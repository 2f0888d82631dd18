using System.Globalization;
using System.Text.Json;

namespace Minilm.Dialog.Cards;

/// <summary>Makes a card of JSON: strict where a wrong value would be heard or do harm, lenient where real cards differ.</summary>
internal static class CardReader
{
    private const int MostNameLength = 50;
    private const int MostDescriptionLength = 200;
    private const int MostTolerableDescriptionLength = 1000;
    private const int MostResponses = 10;

    public static CharacterCard Read(CardSource source)
    {
        JsonElement root = source.Parse();
        try
        {
            return Read(new JsonSection(root, JsonPlace.Root), source);
        }
        catch (CardException e)
        {
            throw source.Locate(e);
        }
    }

    private static CharacterCard Read(JsonSection root, CardSource source)
    {
        if (root.Has("chainOrder") && !root.Has("name"))
        {
            throw new CardException("$ is not a card: it is a bare Markov configuration ('chainOrder', but no 'name'). Put it into a card, at $.dialogBackend.backends.markov_chain.");
        }

        List<string> remarks = [];
        return new CharacterCard
        {
            Name = Required(root, "name", MostNameLength, MostNameLength, remarks),
            Description = Required(root, "description", MostDescriptionLength, MostTolerableDescriptionLength, remarks),
            Animations = Animations(root),
            Dialogs = Dialogs(root),
            Personality = root.Section("personality") is { } personality ? Personality(personality) : null,
            DialogBackend = root.Section("dialogBackend") is { } backend ? Backend(backend) : null,
            Other = root.Other,
            FilePath = source.FilePath,
            Remarks = remarks,
            Source = source,
        };
    }

    private static string Required(JsonSection section, string key, int most, int mostTolerable, List<string> remarks)
    {
        string path = section.PathOf(key);
        string text = section.Text(key) ?? throw new CardException($"{path} is missing. Add it, with 1 to {most} characters.", path);
        int length = new StringInfo(text).LengthInTextElements;
        if (string.IsNullOrWhiteSpace(text) || length > mostTolerable)
        {
            string fault = length > mostTolerable ? $"has {length} characters" : "is blank";
            throw new CardException($"{path} {fault}, but must have 1 to {most}. {(length > mostTolerable ? "Shorten it" : "Fill it in")}.", path);
        }

        if (length > most)
        {
            remarks.Add($"{path} has {length} characters; more than {most} may not fit where it is shown.");
        }

        return text;
    }

    private static Dictionary<string, string> Animations(JsonSection root)
    {
        Dictionary<string, string> animations = new(StringComparer.Ordinal);
        if (root.Section("animations") is { } section)
        {
            foreach ((string name, JsonElement file) in section.Members)
            {
                animations[name] = JsonSection.TextOf(file, section.PathOf(name));
            }
        }

        return animations;
    }

    /// <summary>Reads the list <c>dialogs</c>, or where a card has none <c>dialogConfig</c>: one dialog, or a list.</summary>
    private static List<CardDialog> Dialogs(JsonSection root)
    {
        if (root.TryGet("dialogs", out JsonElement dialogs))
        {
            return [.. JsonSection.Items(dialogs, root.PathOf("dialogs"), "a list of dialogs").Select(item => Dialog(item.Value, item.Path))];
        }

        if (!root.TryGet("dialogConfig", out JsonElement config))
        {
            return [];
        }

        string path = root.PathOf("dialogConfig");
        return config.ValueKind == JsonValueKind.Array
            ? [.. JsonSection.Items(config, path, "a list of dialogs").Select(item => Dialog(item.Value, item.Path))]
            : [Dialog(config, path)];
    }

    private static CardDialog Dialog(JsonElement element, string path)
    {
        JsonSection dialog = new(element, path);
        string? trigger = dialog.Text("trigger");
        if (string.IsNullOrWhiteSpace(trigger))
        {
            throw new CardException($"{dialog.PathOf("trigger")} is {(trigger is null ? "missing" : "blank")}. Say what must happen, such as \"click\".", dialog.PathOf("trigger"));
        }

        return new CardDialog
        {
            Trigger = trigger,
            Responses = Responses(dialog),
            Animation = dialog.Text("animation"),
            Cooldown = dialog.Number("cooldown", 5, 0, double.MaxValue),
            Other = dialog.Other,
        };
    }

    private static List<string> Responses(JsonSection dialog)
    {
        string path = dialog.PathOf("responses");
        List<string> responses = [];
        if (dialog.TryGet("responses", out JsonElement list))
        {
            foreach ((JsonElement value, string place) in JsonSection.Items(list, path, "a list of texts"))
            {
                string line = JsonSection.TextOf(value, place);
                responses.Add(string.IsNullOrWhiteSpace(line) ? throw new CardException($"{place} is blank. Write a line, or remove it.", place) : line);
            }
        }

        return responses.Count switch
        {
            0 => throw new CardException($"{path} has no lines, but must have 1 to {MostResponses}. Write one, or remove the dialog.", path),
            > MostResponses => throw new CardException($"{path} has {responses.Count} lines, but must have 1 to {MostResponses}. Remove some, or put them into a second dialog of the trigger.", path),
            _ => responses,
        };
    }

    private static CardPersonality Personality(JsonSection personality)
    {
        Dictionary<string, double> traits = Numbers(personality.Section("traits"), 1);
        Dictionary<string, double> compatibility = Numbers(personality.Section("compatibility"), double.MaxValue);
        foreach ((string name, JsonElement value) in personality.Members)
        {
            // Some cards have their traits beside "traits". What is not a strength there is something else, and stays.
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double strength) && strength is >= 0 and <= 1)
            {
                traits.TryAdd(name, strength);
                personality.Claim(name);
            }
        }

        return new CardPersonality { Traits = traits, Compatibility = compatibility, Other = personality.Other };
    }

    private static Dictionary<string, double> Numbers(JsonSection? section, double most)
    {
        Dictionary<string, double> numbers = new(StringComparer.Ordinal);
        if (section is not null)
        {
            foreach ((string name, JsonElement value) in section.Members)
            {
                numbers[name] = JsonSection.NumberOf(value, section.PathOf(name), 0, most, "remove it");
            }
        }

        return numbers;
    }

    private static DialogBackendConfig Backend(JsonSection checkedSection)
    {
        bool enabled = checkedSection.Flag("enabled", absent: false);
        JsonSection section = enabled ? checkedSection : checkedSection.Unchecked();
        string path = section.PathOf("defaultBackend");
        string defaultBackend = section.Text("defaultBackend") ?? "";
        if (enabled && string.IsNullOrWhiteSpace(defaultBackend))
        {
            throw new CardException($"{path} is missing, but backends are enabled. Name the one to ask first, such as \"llm\", or set enabled to false.", path);
        }

        return new DialogBackendConfig
        {
            Enabled = enabled,
            DefaultBackend = defaultBackend,
            FallbackChain = section.Lines("fallbackChain"),
            ConfidenceThreshold = section.Number("confidenceThreshold", 0.5, 0, 1),
            MemoryEnabled = section.Flag("memoryEnabled", absent: true),
            LearningEnabled = section.Flag("learningEnabled", absent: false),
            DebugMode = section.Flag("debugMode", absent: false),
            ResponseTimeout = section.Whole("responseTimeout", 1000, 0, int.MaxValue),
            Backends = Backends(section, enabled),
            Other = section.Other,
        };
    }

    private static Dictionary<string, JsonElement> Backends(JsonSection section, bool enabled)
    {
        Dictionary<string, JsonElement> backends = new(StringComparer.Ordinal);
        if (section.Section("backends") is not { } all)
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
                throw JsonSection.Wrong(all.PathOf(name), settings, "an object", "Put its settings between braces");
            }
        }

        return backends;
    }
}
