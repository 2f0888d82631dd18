using System.Buffers;
using System.Globalization;
using System.Text;

namespace Minilm.Cli.Terminal;

/// <summary>Makes text of unknown origin (a model's words, a file's metadata) harmless to a terminal, which would obey escape sequences in it.</summary>
internal static class SafeText
{
    private static readonly SearchValues<char> Harmful = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(i => (char)i).Where(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))]);

    /// <summary>Puts text on one line: white space becomes a single space, other control characters '?'.</summary>
    public static string OneLine(string text)
    {
        StringBuilder line = new(text.Length);
        foreach (char c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                line.Append(char.IsControl(c) ? '?' : c);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }
        return line.ToString().TrimEnd();
    }

    /// <summary>Writes text with its line breaks and tabs; other control characters become the replacement character.</summary>
    public static void Write(TextWriter writer, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int harmless = text.IndexOfAny(Harmful);
            if (harmless < 0)
            {
                writer.Write(text);
                return;
            }
            writer.Write(text[..harmless]);
            writer.Write('\uFFFD');
            text = text[(harmless + 1)..];
        }
    }

    /// <summary>Spells bytes that should be UTF-8 on one line: C escapes for line breaks, tabs, backslashes, and whatever is not text.</summary>
    public static string Escape(ReadOnlySpan<byte> utf8)
    {
        StringBuilder text = new();
        while (!utf8.IsEmpty)
        {
            bool isText = Rune.DecodeFromUtf8(utf8, out Rune rune, out int length) == OperationStatus.Done;
            switch (rune.Value)
            {
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\\': text.Append("\\\\"); break;
                default:
                    if (isText && !Rune.IsControl(rune))
                    {
                        text.Append(rune.ToString());
                        break;
                    }
                    foreach (byte b in utf8[..length])
                    {
                        text.Append("\\x").Append(b.ToString("x2", CultureInfo.InvariantCulture));
                    }
                    break;
            }
            utf8 = utf8[length..];
        }
        return text.ToString();
    }
}
