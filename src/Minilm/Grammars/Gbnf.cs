using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Minilm.Grammars;

/// <summary>Writes texts and sets of characters in GBNF.</summary>
internal static class Gbnf
{
    /// <summary>Code points that a JSON string has as they are. No surrogates: tokens are bytes, and would spell them.</summary>
    public static readonly IReadOnlyList<(int First, int Last)> RawCharacters =
        [(0x20, 0x21), (0x23, 0x5B), (0x5D, 0x7E), (0x80, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)];

    /// <summary>Code points of free text.</summary>
    public static readonly IReadOnlyList<(int First, int Last)> TextCharacters =
        [(0x09, 0x0A), (0x0D, 0x0D), (0x20, 0x7E), (0x80, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)];

    public static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"' or '\\':
                    literal.Append('\\').Append((char)rune.Value);
                    break;
                case < 0x20 or 0x7F:
                    literal.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:X2}");
                    break;
                default:
                    literal.Append(rune.ToString());
                    break;
            }
        }
        return literal.Append('"').ToString();
    }

    public static string Class(IEnumerable<(int First, int Last)> ranges)
    {
        var text = new StringBuilder("[");
        foreach ((int first, int last) in ranges)
        {
            Append(text, first);
            if (last > first)
            {
                Append(text.Append('-'), last);
            }
        }
        return text.Append(']').ToString();
    }

    /// <summary>Takes characters out of ranges that are in order.</summary>
    public static IEnumerable<(int First, int Last)> Except(IEnumerable<(int First, int Last)> ranges, IEnumerable<int> characters)
    {
        int[] holes = [.. characters.Distinct().Order()];
        foreach ((int first, int last) in ranges)
        {
            int from = first;
            foreach (int hole in holes)
            {
                if (hole >= from && hole <= last)
                {
                    if (hole > from)
                    {
                        yield return (from, hole - 1);
                    }
                    from = hole + 1;
                }
            }
            if (from <= last)
            {
                yield return (from, last);
            }
        }
    }

    /// <summary>A JSON string with its quotes, as a model would write it.</summary>
    public static string JsonString(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static void Append(StringBuilder text, int codePoint)
    {
        if (codePoint < 0x80 && char.IsAsciiLetterOrDigit((char)codePoint))
        {
            text.Append((char)codePoint);
        }
        else
        {
            _ = codePoint switch
            {
                < 0x80 => text.Append(CultureInfo.InvariantCulture, $"\\x{codePoint:X2}"),
                < 0x10000 => text.Append(CultureInfo.InvariantCulture, $"\\u{codePoint:X4}"),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\U{codePoint:X8}"),
            };
        }
    }
}
