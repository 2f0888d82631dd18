using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Minilm.Dialog.Cards;

namespace Minilm.Dialog.Characters;

/// <summary>The bytes that a card was read from: parsed, kept for writing, and searched for the line numbers of errors.</summary>
internal sealed class CardSource
{
    /// <summary>The maximum size of a card in bytes; real ones have up to 35 thousand.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly byte[] _bytes;
    private readonly int _start;

    public CardSource(byte[] bytes, string? path)
    {
        _bytes = bytes;
        FilePath = path;
        _start = bytes.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
    }

    public string? FilePath { get; }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public string Text => Encoding.UTF8.GetString(Json);

    private ReadOnlySpan<byte> Json => _bytes.AsSpan(_start);

    /// <summary>Reads a file, at most just beyond the maximum size.</summary>
    /// <exception cref="CardException">It cannot be read.</exception>
    public static CardSource Load(string path)
    {
        if (Directory.Exists(path))
        {
            throw Fail(path, 0, "is a folder. Give the path of the character.json in it.");
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            using MemoryStream bytes = new();
            byte[] buffer = new byte[81920];
            for (int read = file.Read(buffer); read > 0 && bytes.Length <= MaxBytes; read = file.Read(buffer))
            {
                bytes.Write(buffer, 0, read);
            }

            return new CardSource(bytes.ToArray(), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Fail(path, 0, "was not found. Check the path.", JsonPaths.Root, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fail(path, 0, $"could not be read: {e.Message}", JsonPaths.Root, e);
        }
    }

    /// <summary>Parses the bytes into a JSON object whose strings are all well-formed.</summary>
    /// <exception cref="CardException">The bytes are something else.</exception>
    public JsonElement Parse()
    {
        if (_bytes.Length > MaxBytes)
        {
            throw Fail($"is larger than the {MaxBytes / 1024 / 1024} MB that a card may have. Is it a card?");
        }

        if (Json.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            throw Fail("is empty. Write a card, or restore the file from a backup.");
        }

        if (!Utf8.IsValid(Json))
        {
            int valid = ValidLength();
            throw Fail($"is not UTF-8: the byte {Json[valid]:X2} at offset {_start + valid} is invalid. Save it as UTF-8.", JsonPaths.LineAt(Json, valid));
        }

        try
        {
            JsonElement root = JsonElement.Parse(Json, new JsonDocumentOptions { MaxDepth = JsonPaths.MaxDepth });
            RejectLoneSurrogates();
            return root.ValueKind == JsonValueKind.Object
                ? root
                : throw Locate(JsonObjectReader.WrongValue(JsonPaths.Root, root, "an object", "Put the card between braces"));
        }
        catch (JsonException e)
        {
            string jsonPath = JsonPaths.OfError(Json, out bool tooDeep);
            int line = (int)(e.LineNumber ?? 0) + 1;
            string problem = tooDeep
                ? $"{jsonPath} is nested more than {JsonPaths.MaxDepth} levels deep. Flatten it there."
                : $"is not valid JSON at or after {jsonPath}: {JsonErrorText.Of(e)} Correct it there; JSON has neither comments nor trailing commas.";
            throw Fail(problem, line, jsonPath, e);
        }
    }

    /// <summary>Adds the file and the line number to an error that has a JSON path only.</summary>
    public CardException Locate(CardException error)
    {
        if (error.Line != 0)
        {
            return error;
        }

        return Fail(error.Message, JsonPaths.LineOf(Json, error.JsonPath), error.JsonPath, error);
    }

    private CardException Fail(string problem, int line = 0, string jsonPath = JsonPaths.Root, Exception? cause = null) =>
        Fail(FilePath, line, problem, jsonPath, cause);

    private static CardException Fail(string? path, int line, string problem, string jsonPath = JsonPaths.Root, Exception? cause = null)
    {
        string subject = path is null ? "Card" : $"Card '{path}'";
        return new CardException(line == 0 ? $"{subject} {problem}" : $"{subject}, line {line}: {problem}", jsonPath, line, cause);
    }

    // A lone \ud83d is valid JSON, but not a valid string.
    private void RejectLoneSurrogates()
    {
        if (Json.IndexOf("\\u"u8) < 0)
        {
            return;
        }

        Utf8JsonReader reader = new(Json, new JsonReaderOptions { MaxDepth = JsonPaths.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped)
            {
                continue;
            }

            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException e)
            {
                string jsonPath = JsonPaths.OfError(Json[..(int)reader.TokenStartIndex], out _);
                throw Fail(
                    $"at or after {jsonPath} an escape is half of a character (a surrogate without its other half). Write both halves, or the character itself.",
                    JsonPaths.LineAt(Json, (int)reader.TokenStartIndex),
                    jsonPath,
                    e);
            }
        }
    }

    private int ValidLength()
    {
        Span<char> buffer = new char[Json.Length];
        Utf8.ToUtf16(Json, buffer, out int valid, out _, replaceInvalidSequences: false);
        return valid;
    }
}
