using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Integration;

/// <summary>Reads a JSON text into a tree of offsets.</summary>
internal static class JsonSyntaxParser
{
    private const int MaxDepth = 256;

    /// <summary>Gets the root value.</summary>
    /// <param name="utf8">The text, with or without a byte order mark.</param>
    /// <exception cref="FormatException">The text is not JSON; the message says where and why, as the end of a sentence.</exception>
    public static JsonSyntaxNode Parse(ReadOnlySpan<byte> utf8)
    {
        int start = utf8.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        ReadOnlySpan<byte> text = utf8[start..];
        if (text.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw new FormatException(utf8.IsEmpty ? "the file is empty" : "the file has nothing but white space");
        }
        if (utf8.StartsWith(Encoding.Unicode.Preamble) || utf8.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            throw new FormatException("the file is UTF-16; save it as UTF-8");
        }
        if (!Utf8.IsValid(text))
        {
            throw new FormatException($"the file is not UTF-8 at byte offset {start + CountValid(text)}; save it as UTF-8");
        }
        try
        {
            return Read(text, start);
        }
        catch (JsonException e)
        {
            throw new FormatException($"not JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {JsonErrorText.Of(e).TrimEnd('.')}", e);
        }
    }

    private static JsonSyntaxNode Read(ReadOnlySpan<byte> text, int textStart)
    {
        Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        Stack<JsonSyntaxNode> open = new();
        JsonSyntaxNode? root = null;
        (string? Name, int Start, int End) name = default;
        while (reader.Read())
        {
            int start = textStart + (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = (Decode(ref reader), start, start + reader.ValueSpan.Length + 2);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop().End = start + 1;
                    break;
                default:
                    JsonSyntaxNode node = new(KindOf(reader.TokenType), start) { End = start + reader.ValueSpan.Length + (reader.TokenType == JsonTokenType.String ? 2 : 0) };
                    if (!open.TryPeek(out JsonSyntaxNode? parent))
                    {
                        root = node;
                    }
                    else if (parent.Kind == JsonValueKind.Object)
                    {
                        parent.Members.Add(new JsonSyntaxMember(name.Name, name.Start, name.End, node));
                    }
                    else
                    {
                        parent.Items.Add(node);
                    }
                    if (node.Kind is JsonValueKind.Object or JsonValueKind.Array)
                    {
                        open.Push(node);
                    }
                    break;
            }
        }
        return root!; // a reader that reaches the end without an exception has read a value
    }

    private static string? Decode(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonValueKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => JsonValueKind.Object,
        JsonTokenType.StartArray => JsonValueKind.Array,
        JsonTokenType.String => JsonValueKind.String,
        JsonTokenType.Number => JsonValueKind.Number,
        JsonTokenType.True => JsonValueKind.True,
        JsonTokenType.False => JsonValueKind.False,
        _ => JsonValueKind.Null,
    };

    private static int CountValid(ReadOnlySpan<byte> text)
    {
        int valid = 0;
        while (Rune.DecodeFromUtf8(text[valid..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            valid += length;
        }
        return valid;
    }
}
