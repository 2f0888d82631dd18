using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Minilm.Dialog.Characters;

/// <summary>Formats JSON paths (<c>$.dialogs[2].responses</c>) and finds the line numbers of the values that they name.</summary>
internal static class JsonPaths
{
    public const string Root = "$";

    /// <summary>The maximum nesting depth of a card.</summary>
    public const int MaxDepth = 64;

    public static string Member(string path, string key) =>
        IsPlain(key)
            ? $"{path}.{key}"
            : $"{path}['{key.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}']";

    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>Finds the line of a value, or of the innermost value around it that exists. Of duplicate keys, the last counts.</summary>
    /// <param name="utf8">Valid JSON.</param>
    /// <param name="path">The JSON path of the value.</param>
    /// <returns>The line, counted from 1.</returns>
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

    /// <summary>Gets the JSON path of the last value that starts before a text stops being valid JSON, or becomes too deep.</summary>
    /// <param name="utf8">Invalid JSON.</param>
    /// <param name="tooDeep">Whether the error is too deep nesting.</param>
    /// <returns>The JSON path.</returns>
    public static string OfError(ReadOnlySpan<byte> utf8, out bool tooDeep)
    {
        Utf8JsonReader reader = new(utf8, new JsonReaderOptions { MaxDepth = MaxDepth + 1 });
        List<(string? Key, int Index)> steps = [];
        tooDeep = false;
        try
        {
            while (!tooDeep && reader.Read())
            {
                Follow(ref reader, steps);
                tooDeep = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && reader.CurrentDepth >= MaxDepth;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Expected: this is the error whose path is wanted.
        }

        StringBuilder path = new(Root);
        foreach ((string? key, int index) in steps)
        {
            path.Append(key is not null ? Member("", key) : index >= 0 ? Item("", index) : "");
        }

        return path.ToString();
    }

    /// <summary>Keeps one step for each open array (its index) and object (its key; index -1 before the first).</summary>
    private static void Follow(ref Utf8JsonReader reader, List<(string? Key, int Index)> steps)
    {
        if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
        {
            steps.RemoveAt(steps.Count - 1);
            return;
        }

        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            steps[^1] = (reader.GetString(), -1);
            return;
        }

        if (steps.Count > 0 && steps[^1].Key is null)
        {
            steps[^1] = (null, steps[^1].Index + 1);
        }

        if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
        {
            steps.Add((null, -1));
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
