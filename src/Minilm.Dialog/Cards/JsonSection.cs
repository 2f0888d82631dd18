using System.Globalization;
using System.Text.Json;

namespace Minilm.Dialog.Cards;

/// <summary>
/// Reads a JSON object member by member, checks types and ranges, and knows what was not asked for.
/// A member that is missing or null takes its default; of duplicate keys, the last counts.
/// </summary>
internal sealed class JsonSection
{
    private const int MostShown = 40;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly bool _checked = true;

    /// <exception cref="CardException">The value is not an object.</exception>
    public JsonSection(JsonElement element, string path)
    {
        Path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(path, element, "an object", "Put its members between braces");
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            _members[member.Name] = member.Value;
        }
    }

    private JsonSection(JsonSection section)
    {
        Path = section.Path;
        _members = section._members;
        _known = section._known;
        _checked = false;
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, JsonElement> Members => _members;

    public IReadOnlyList<string> UnknownKeys => [.. _members.Keys.Where(key => !_known.Contains(key))];

    /// <summary>Gets the members that were not asked for; null when there are none.</summary>
    public IDictionary<string, JsonElement>? Other =>
        UnknownKeys is { Count: > 0 } keys ? keys.ToDictionary(key => key, key => _members[key], StringComparer.Ordinal).AsReadOnly() : null;

    /// <summary>Makes a section of the same object in which wrong values count as missing.</summary>
    public JsonSection Unchecked() => new(this);

    public bool Has(string key) => _members.TryGetValue(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public string PathOf(string key) => JsonPlace.Member(Path, key);

    /// <summary>Marks a member as known, so that it is not among the others.</summary>
    public void Claim(string key) => _known.Add(key);

    public bool TryGet(string key, out JsonElement value)
    {
        Claim(key);
        return _members.TryGetValue(key, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public JsonSection? Section(string key) => Read<JsonSection?>(key, null, static (value, path) => new JsonSection(value, path));

    public string? Text(string key) => Read<string?>(key, null, static (value, path) => TextOf(value, path));

    public bool Flag(string key, bool absent) => Read(key, absent, static (value, path) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(path, value, "true or false", "Correct it or remove it"),
    });

    public double Number(string key, double absent, double least, double most) =>
        Read(key, absent, (value, path) => NumberOf(value, path, least, most, string.Create(CultureInfo.InvariantCulture, $"remove it to take {absent}")));

    public int Whole(string key, int absent, int least, int most) => Read(key, absent, (value, path) =>
    {
        // 1000.0 is how some cards spell 1000.
        double number = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double read) ? read : double.NaN;
        return number == Math.Floor(number) && number >= least && number <= most
            ? (int)number
            : throw Wrong(path, value, $"a whole number {Range(least, most)}", string.Create(CultureInfo.InvariantCulture, $"Correct it, or remove it to take {absent}"));
    });

    /// <summary>Reads lines of text and leaves out blank ones.</summary>
    public IReadOnlyList<string> Lines(string key) => Read<IReadOnlyList<string>>(key, [], static (value, path) =>
        [.. Items(value, path, "a list of texts").Select(item => TextOf(item.Value, item.Path)).Where(line => !string.IsNullOrWhiteSpace(line))]);

    public static IEnumerable<(JsonElement Value, string Path)> Items(JsonElement value, string path, string expected) =>
        value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((item, index) => (item, JsonPlace.Item(path, index)))
            : throw Wrong(path, value, expected, "Put it between square brackets");

    public static string TextOf(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(path, value, "a text", "Put it in double quotes");

    public static double NumberOf(JsonElement value, string path, double least, double most, string otherwise)
    {
        double number = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double read) ? read : double.NaN;
        return number >= least && number <= most
            ? number
            : throw Wrong(path, value, $"a number {Range(least, most)}", $"Correct it, or {otherwise}");
    }

    public static CardException Wrong(string path, JsonElement value, string expected, string remedy) =>
        new($"{path} is {Shown(value)}, but must be {expected}. {remedy}.", path);

    private static string Shown(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Undefined)
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object => "an object",
                JsonValueKind.Array => "a list",
                _ => "missing",
            };
        }

        string raw = value.GetRawText();
        return raw.Length > MostShown ? $"{raw[..MostShown]}…" : raw;
    }

    private static string Range(double least, double most) => most is int.MaxValue or double.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"from {least}")
        : string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}");

    private T Read<T>(string key, T absent, Func<JsonElement, string, T> read)
    {
        if (!TryGet(key, out JsonElement value))
        {
            return absent;
        }

        try
        {
            return read(value, PathOf(key));
        }
        catch (CardException) when (!_checked)
        {
            return absent;
        }
    }
}
