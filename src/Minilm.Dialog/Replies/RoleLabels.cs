using Minilm.Dialog.Text;

namespace Minilm.Dialog.Replies;

/// <summary>Finds role labels, which say whose turn it is, such as <c>Luna:</c>, <c>**Luna:**</c>, <c>[User]:</c> or <c>(just now) You:</c>.</summary>
internal readonly struct RoleLabels(ReplyCleaning? cleaning)
{
    private const int MaxAsideLength = 40;

    private static readonly string[] UserRoles = ["User", "You", "Human"];
    private static readonly string[] CharacterRoles = ["Assistant", "Character", "AI", "Response", "Your response"];

    private readonly string? _character = Name(cleaning?.CharacterName);
    private readonly string? _user = Name(cleaning?.UserName);
    private readonly bool _hasPrompt = cleaning?.Prompt is not null;

    /// <summary>Measures all labels at the start, including the white space after each.</summary>
    /// <param name="reply">The reply.</param>
    /// <returns>The length in UTF-16 characters.</returns>
    internal int MeasureLeading(ReadOnlySpan<char> reply)
    {
        int at = 0;
        while (true)
        {
            int length = Math.Max(MeasureUser(reply[at..]), MeasureCharacter(reply[at..]));
            if (length == 0)
            {
                return at;
            }
            at += length;
        }
    }

    /// <summary>Measures a turn of the user at the start that the model wrote before the character's own.</summary>
    /// <param name="reply">The reply with its line feeds.</param>
    /// <returns>The length in UTF-16 characters; 0 when the reply does not begin with such a turn, or the next labelled line is not the character's.</returns>
    internal int MeasureUserTurn(ReadOnlySpan<char> reply)
    {
        int label = MeasureUser(reply);
        if (label == 0 || MeasureCharacter(reply[label..]) > 0)
        {
            return 0;
        }
        for (int at = label; reply[at..].IndexOf('\n') is >= 0 and var end;)
        {
            at += end + 1;
            if (MeasureUser(reply[at..]) > 0)
            {
                return 0;
            }
            if (MeasureCharacter(reply[at..]) > 0)
            {
                return at;
            }
        }
        return 0;
    }

    /// <summary>Joins the lines in place: removes labels of the character at the start of lines, and ends the reply before a turn of the user.</summary>
    /// <param name="reply">The reply with its line feeds.</param>
    /// <returns>The new length in UTF-16 characters.</returns>
    internal int JoinLines(Span<char> reply)
    {
        int length = reply.IndexOf('\n');
        if (length < 0)
        {
            return reply.Length;
        }
        int at = length;
        while (at < reply.Length)
        {
            Span<char> line = reply[(at + 1)..];
            if (MeasureUser(line) > 0 || (_hasPrompt && PromptHeadings.StartsWithAny(line)))
            {
                break;
            }
            int label = MeasureCharacter(line);
            if (label > 0)
            {
                // The label may be followed by another one; look again as if a line started here.
                reply[at + label] = '\n';
                at += label;
                continue;
            }
            int end = line.IndexOf('\n');
            line = end < 0 ? line : line[..end];
            if (!line.IsEmpty)
            {
                reply[length++] = ' ';
                line.CopyTo(reply[length..]);
                length += line.Length;
            }
            at += 1 + line.Length;
        }
        return length;
    }

    // As it appears in the prompt.
    private static string? Name(string? name) => PlainText.Name(name) is { Length: > 0 } plain ? plain : null;

    private int MeasureUser(ReadOnlySpan<char> text) => Measure(text, _user, UserRoles);

    private int MeasureCharacter(ReadOnlySpan<char> text) => Measure(text, _character, CharacterRoles);

    private static int Measure(ReadOnlySpan<char> text, string? name, string[] roles)
    {
        int start = SkipAside(text);
        start += text[start..].Length - text[start..].TrimStart("# ").Length;
        (string open, string close) = Wrapping(text[start..]);
        start += open.Length;
        int length = name is null ? 0 : MeasureAfter(text, start, name, close);
        for (int i = 0; i < roles.Length && length == 0; i++)
        {
            length = MeasureAfter(text, start, roles[i], close);
        }
        return length;
    }

    private static int MeasureAfter(ReadOnlySpan<char> text, int at, string label, string close)
    {
        if (!text[at..].StartsWith(label, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }
        at = SkipSpaces(text, at + label.Length);
        bool closed = text[at..].StartsWith(close, StringComparison.Ordinal);
        if (closed)
        {
            at = SkipSpaces(text, at + close.Length);
        }
        if (at == text.Length || text[at] is not (':' or '：'))
        {
            return 0;
        }
        at++;
        if (!closed)
        {
            if (!text[at..].StartsWith(close, StringComparison.Ordinal))
            {
                return 0;
            }
            at += close.Length;
        }
        return SkipSpaces(text, at);
    }

    private static (string Open, string Close) Wrapping(ReadOnlySpan<char> text) => text switch
    {
        ['*', '*', '*', ..] => ("***", "***"),
        ['*', '*', ..] => ("**", "**"),
        ['_', '_', ..] => ("__", "__"),
        ['*', ..] => ("*", "*"),
        ['[', ..] => ("[", "]"),
        _ => ("", ""),
    };

    private static int SkipAside(ReadOnlySpan<char> text)
    {
        if (text is not ['(', ..])
        {
            return 0;
        }
        int end = text[..Math.Min(text.Length, MaxAsideLength)].IndexOf(')');
        return end < 0 ? 0 : SkipSpaces(text, end + 1);
    }

    private static int SkipSpaces(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\n')
        {
            at++;
        }
        return at;
    }
}
