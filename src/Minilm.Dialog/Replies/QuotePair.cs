namespace Minilm.Dialog.Replies;

/// <summary>Removes quotation marks around a whole text.</summary>
internal static class QuotePair
{
    /// <summary>Removes one pair of quotation marks around the whole text. A lone mark, and marks that close before the end, stay.</summary>
    /// <param name="text">The text without outer white space.</param>
    /// <returns>The text, or what is between the marks without outer white space.</returns>
    internal static Span<char> Strip(Span<char> text) =>
        text.Length >= 2 && Closes(text[0], text[^1]) && IsAroundWhole(text[0], text[^1], text[1..^1]) ? text[1..^1].Trim() : text;

    private static bool Closes(char open, char close) => (open, close) switch
    {
        ('"', '"') or ('\'', '\'') or ('“', '”') or ('„', '“') or ('„', '”') or ('‘', '’') or ('‚', '‘') or ('‚', '’')
            or ('«', '»') or ('»', '«') or ('‹', '›') or ('›', '‹') or ('「', '」') or ('『', '』') or ('＂', '＂') => true,
        _ => false,
    };

    private static bool IsAroundWhole(char open, char close, ReadOnlySpan<char> inner)
    {
        int depth = 1;
        for (int i = 0; i < inner.Length; i++)
        {
            char c = inner[i];
            if (c is '\'' or '’' && IsApostrophe(inner, i))
            {
                continue;
            }
            if (c == close)
            {
                depth--;
            }
            else if (c == open)
            {
                depth++;
            }
            if (depth == 0)
            {
                return false;
            }
        }
        return depth == 1;
    }

    private static bool IsApostrophe(ReadOnlySpan<char> text, int at) =>
        at > 0 && at + 1 < text.Length && char.IsLetterOrDigit(text[at - 1]) && char.IsLetterOrDigit(text[at + 1]);
}
