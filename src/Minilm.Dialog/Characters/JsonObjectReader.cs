using System.Globalization;
using System.Text.Json;
using Minilm.Dialog.Cards;

namespace Minilm.Dialog.Characters;

/// <summary>
/// Reads a JSON object member by member, checks types and ranges, and tracks which members were read.
/// A missing or null member takes its default; of duplicate keys, the last counts.
/// </summary>
internal sealed class JsonObjectReader
{
    private const int MaxShownLength = 40;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly bool _isStrict = true;

    /// <exception cref="CardException">The value is not an object.</exception>
    public JsonObjectReader(JsonElement element, string path)
    {
        Path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw WrongValue(path, element, "an object", "Put its members between braces");
        }

        foreach (JsonProperty member in element.EnumerateObject())
        {
            _members[member.Name] = member.Value;
        }
    }

    private JsonObjectReader(JsonObjectReader reader)
    {
        Path = reader.Path;
        _members = reader._members;
        _known = reader._known;
        _isStrict = false;
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, JsonElement> Members => _members;

    public IReadOnlyList<string> UnknownKeys => [.. _members.Keys.Where(key => !_known.Contains(key))];

    /// <summary>Gets the members that were not read; null when there are none.</summary>
    public IDictionary<string, JsonElement>? Other =>
        UnknownKeys is { Count: > 0 } keys ? keys.ToDictionary(key => key, key => _members[key], StringComparer.Ordinal).AsReadOnly() : null;

    /// <summary>Creates a reader of the same object that treats invalid values as missing.</summary>
    public JsonObjectReader Lenient() => new(this);

    public bool Has(string key) => _members.TryGetValue(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public string PathOf(string key) => JsonPaths.Member(Path, key);

    /// <summary>Marks a member as read.</summary>
    public void MarkKnown(string key) => _known.Add(key);

    public bool TryGet(string key, out JsonElement value)
    {
        MarkKnown(key);
        return _members.TryGetValue(key, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public JsonObjectReader? Object(string key) => Read<JsonObjectReader?>(key, null, static (value, path) => new JsonObjectReader(value, path));

    public string? String(string key) => Read<string?>(key, null, static (value, path) => StringOf(value, path));

    public bool Boolean(string key, bool defaultValue) => Read(key, defaultValue, static (value, path) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw WrongValue(path, value, "true or false", "Correct it or remove it"),
    });

    public double Number(string key, double defaultValue, double min, double max) =>
        Read(key, defaultValue, (value, path) => NumberOf(value, path, min, max, string.Create(CultureInfo.InvariantCulture, $"remove it to use the default of {defaultValue}")));

    /// <summary>Reads a number whose default is another's to say; null when it is missing.</summary>
    /// <param name="key">The key.</param>
    /// <param name="min">The least valid value.</param>
    /// <param name="max">The greatest valid value.</param>
    /// <param name="otherwise">What the default is, for messages.</param>
    public double? Number(string key, double min, double max, string otherwise) =>
        Read<double?>(key, null, (value, path) => NumberOf(value, path, min, max, $"remove it to use {otherwise}"));

    public int Integer(string key, int defaultValue, int min, int max) =>
        Read(key, defaultValue, (value, path) => IntegerOf(value, path, min, max, string.Create(CultureInfo.InvariantCulture, $"the default of {defaultValue}")));

    /// <inheritdoc cref="Number(string, double, double, string)"/>
    public int? Integer(string key, int min, int max, string otherwise) =>
        Read<int?>(key, null, (value, path) => IntegerOf(value, path, min, max, otherwise));

    /// <summary>Reads a list of strings and leaves out blank ones.</summary>
    public IReadOnlyList<string> Strings(string key) => Read<IReadOnlyList<string>>(key, [], static (value, path) =>
        [.. Items(value, path, "a list of strings").Select(item => StringOf(item.Value, item.Path)).Where(line => !string.IsNullOrWhiteSpace(line))]);

    public static IEnumerable<(JsonElement Value, string Path)> Items(JsonElement value, string path, string expected) =>
        value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select((item, index) => (item, JsonPaths.Item(path, index)))
            : throw WrongValue(path, value, expected, "Put it between square brackets");

    public static string StringOf(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw WrongValue(path, value, "a string", "Put it in double quotes");

    public static double NumberOf(JsonElement value, string path, double min, double max, string otherwise)
    {
        double number = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double read) ? read : double.NaN;
        return number >= min && number <= max
            ? number
            : throw WrongValue(path, value, $"a number {DescribeRange(min, max)}", $"Correct it, or {otherwise}");
    }

    private static int IntegerOf(JsonElement value, string path, int min, int max, string otherwise)
    {
        // 1000.0 is how some cards spell 1000.
        double number = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double read) ? read : double.NaN;
        return number == Math.Floor(number) && number >= min && number <= max
            ? (int)number
            : throw WrongValue(path, value, $"a whole number {DescribeRange(min, max)}", $"Correct it, or remove it to use {otherwise}");
    }

    public static CardException WrongValue(string path, JsonElement value, string expected, string remedy) =>
        new($"{path} is {Describe(value)}, but must be {expected}. {remedy}.", path);

    private static string Describe(JsonElement value)
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
        return raw.Length > MaxShownLength ? $"{raw[..MaxShownLength]}…" : raw;
    }

    private static string DescribeRange(double min, double max) => max is int.MaxValue or double.MaxValue
        ? string.Create(CultureInfo.InvariantCulture, $"from {min}")
        : string.Create(CultureInfo.InvariantCulture, $"from {min} to {max}");

    private T Read<T>(string key, T defaultValue, Func<JsonElement, string, T> read)
    {
        if (!TryGet(key, out JsonElement value))
        {
            return defaultValue;
        }

        try
        {
            return read(value, PathOf(key));
        }
        catch (CardException) when (!_isStrict)
        {
            return defaultValue;
        }
    }
}
