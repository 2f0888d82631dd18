using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Minilm.Dialog.Characters;

/// <summary>Names places in a JSON text (<c>$.dialogs[2].responses</c>) and finds the lines of such names.</summary>
internal static class JsonPaths
{
    public const string Root = "$";

    /// <summary>How deep a card may be nested.</summary>
    public const int MaxDepth = 64;

    public static string Member(string path, string key) =>
        IsPlain(key)
            ? $"{path}.{key}"
            : $"{path}['{key.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}']";

    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>Finds the line of a value, or of the innermost value around it that is there. Of duplicate keys, the last counts.</summary>
    /// <param name="utf8">Valid JSON.</param>
    /// <param name="path">The name of a place.</param>
    /// <returns>The line, from 1.</returns>
    public static int LineOf(ReadOnlySpan<byte> utf8, string path)
    {
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        long found = 0;
        if (reader.Read())
        {
            Visit(ref reader, path.AsSpan(Math.Min(Root.Length, path.Length)), ref found);
        }

        return LineAt(utf8, (int)found);
    }

    public static int LineAt(ReadOnlySpan<byte> utf8, int offset) => 1 + utf8[..offset].Count((byte)'\n');

    /// <summary>Names the place of the last value that begins before a text stops being JSON, or before it is too deep.</summary>
    /// <param name="utf8">Broken JSON.</param>
    /// <param name="tooDeep">Whether it is nested too deeply.</param>
    /// <returns>The name of the place.</returns>
    public static string OfError(ReadOnlySpan<byte> utf8, out bool tooDeep)
    {
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        List<(string? Key, int Index)> places = [];
        tooDeep = false;
        try
        {
            while (!tooDeep && reader.Read())
            {
                Follow(ref reader, places);
                tooDeep = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && reader.CurrentDepth >= MaxDepth;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The end of what can be read is what was asked for.
        }

        StringBuilder path = new(Root);
        foreach ((string? key, int index) in places)
        {
            path.Append(key is not null ? Member("", key) : index >= 0 ? Item("", index) : "");
        }

        return path.ToString();
    }

    /// <summary>Keeps one entry for each open array (its index) and object (its key; index -1 before the first).</summary>
    private static void Follow(ref Utf8JsonReader reader, List<(string? Key, int Index)> places)
    {
        if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
        {
            places.RemoveAt(places.Count - 1);
            return;
        }

        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            places[^1] = (reader.GetString(), -1);
            return;
        }

        if (places.Count > 0 && places[^1].Key is null)
        {
            places[^1] = (null, places[^1].Index + 1);
        }

        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
        {
            places.Add((null, -1));
        }
    }

    private static void Visit(ref Utf8JsonReader reader, ReadOnlySpan<char> rest, ref long found)
    {
        found = reader.TokenStartIndex;
        if (rest.IsEmpty)
        {
            reader.Skip();
            return;
        }

        bool isArray = reader.TokenType == JsonTokenType.StartArray;
        if (!isArray && reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        for (int index = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject); index++)
        {
            string step = isArray ? Item("", index) : Member("", reader.GetString()!);
            if (!isArray)
            {
                reader.Read();
            }

            if (rest.StartsWith(step, StringComparison.Ordinal) && (rest.Length == step.Length || rest[step.Length] is '.' or '['))
            {
                Visit(ref reader, rest[step.Length..], ref found);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static bool IsPlain(string key)
    {
        bool plain = key.Length > 0;
        foreach (char c in key)
        {
            plain &= char.IsLetterOrDigit(c) || c == '_';
        }

        return plain;
    }
}
