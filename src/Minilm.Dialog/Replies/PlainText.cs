using System.Buffers;
using System.Globalization;
using System.Text;

namespace Minilm.Dialog.Replies;

/// <summary>Normalizes text from outside: single spaces, no control characters, no lone surrogates.</summary>
internal static class PlainText
{
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>The maximum length of a name in UTF-16 characters. A name occurs several times in a prompt and must not fill it.</summary>
    private const int MaxNameLength = 100;

    /// <summary>Trims a text and replaces each run of white space in it by a space, or by a line feed if the run has a line break and lines are kept.</summary>
    /// <param name="source">The text.</param>
    /// <param name="destination">A buffer at least as long as the source; may be the same memory.</param>
    /// <param name="keepLines">Whether line breaks are kept.</param>
    /// <returns>The number of UTF-16 characters written.</returns>
    internal static int Normalize(ReadOnlySpan<char> source, Span<char> destination, bool keepLines)
    {
        int length = 0;
        char gap = '\0';
        for (int i = 0; i < source.Length; i++)
        {
            char c = source[i];
            bool pair = false;
            if (c is <= ' ' or >= '\x7f')
            {
                if (char.IsWhiteSpace(c))
                {
                    gap = gap == '\n' || (keepLines && IsLineBreak(c)) ? '\n' : ' ';
                    continue;
                }
                pair = char.IsHighSurrogate(c) && i + 1 < source.Length && char.IsLowSurrogate(source[i + 1]);
                if ((!pair && char.IsSurrogate(c)) || char.IsControl(c) || c == ByteOrderMark)
                {
                    continue;
                }
            }
            if (gap != '\0' && length > 0)
            {
                destination[length++] = gap;
            }
            gap = '\0';
            destination[length++] = c;
            if (pair)
            {
                destination[length++] = source[++i];
            }
        }
        return length;
    }

    /// <summary>Normalizes a name, or another short text of the host or the user, for prompts and role labels: one line of at most 100 UTF-16 characters, without colons, with which it could forge a heading or a role label.</summary>
    /// <param name="name">The name; null means none.</param>
    /// <returns>The name, the same instance when nothing changes; empty when nothing is left.</returns>
    internal static string Name(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "";
        }
        char[]? rented = name.Length > 256 ? ArrayPool<char>.Shared.Rent(name.Length) : null;
        Span<char> buffer = rented ?? stackalloc char[256];
        int length = 0;
        foreach (char c in name)
        {
            if (c is not (':' or '：'))
            {
                buffer[length++] = c;
            }
        }
        ReadOnlySpan<char> plain = Shorten(buffer[..Normalize(buffer[..length], buffer, keepLines: false)]);
        string result = plain.SequenceEqual(name) ? name : plain.ToString();
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }
        return result;
    }

    /// <summary>Appends the text as one line.</summary>
    /// <param name="builder">The target.</param>
    /// <param name="text">The text.</param>
    internal static void AppendLine(StringBuilder builder, ReadOnlySpan<char> text)
    {
        char[]? rented = text.Length > 512 ? ArrayPool<char>.Shared.Rent(text.Length) : null;
        Span<char> buffer = rented ?? stackalloc char[512];
        builder.Append(buffer[..Normalize(text, buffer, keepLines: false)]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static ReadOnlySpan<char> Shorten(ReadOnlySpan<char> name)
    {
        if (name.Length <= MaxNameLength)
        {
            return name;
        }
        int length = 0;
        while (length + StringInfo.GetNextTextElementLength(name[length..]) is var next && next <= MaxNameLength)
        {
            length = next;
        }
        return name[..length].TrimEnd();
    }

    private static bool IsLineBreak(char c) => c is '\n' or '\r' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029';
}
