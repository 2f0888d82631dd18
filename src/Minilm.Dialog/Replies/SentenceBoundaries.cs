using System.Globalization;

namespace Minilm.Dialog.Replies;

/// <summary>Finds the ends of sentences, in many scripts.</summary>
internal static class SentenceBoundaries
{
    private static readonly string[] Abbreviations = ["Mr", "Mrs", "Ms", "Dr", "Prof", "St", "vs", "approx", "Nr"];

    /// <summary>Finds the end of the second sentence, closing quotes and brackets included.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The index after it in UTF-16 characters; -1 when there are not two.</returns>
    internal static int EndOfSecond(ReadOnlySpan<char> text) => NextEnd(text, 0) is > 0 and var first ? NextEnd(text, first) : -1;

    /// <summary>Finds the end of the last whole sentence.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The index after it in UTF-16 characters; -1 when no sentence ends.</returns>
    internal static int EndOfLast(ReadOnlySpan<char> text)
    {
        int last = -1;
        for (int end = NextEnd(text, 0); end > 0; end = NextEnd(text, end))
        {
            last = end;
        }
        return last;
    }

    private static int NextEnd(ReadOnlySpan<char> text, int from)
    {
        int at = from;
        while (at < text.Length)
        {
            int start = at;
            while (at < text.Length && IsTerminator(text[at]))
            {
                at++;
            }
            if (at == start)
            {
                at++;
                continue;
            }
            int afterRun = at;
            while (at < text.Length && (IsCloser(text[at]) || IsMark(text[at])))
            {
                at++;
            }
            if (IsEnd(text, start, afterRun, at))
            {
                return at;
            }
        }
        return -1;
    }

    private static bool IsEnd(ReadOnlySpan<char> text, int start, int afterRun, int next)
    {
        ReadOnlySpan<char> run = text[start..afterRun];
        if (next == text.Length || IsWide(run[^1]))
        {
            return true;
        }
        if (text[next] != ' ')
        {
            return run[^1] != '.' && (char.IsSurrogate(text[next]) || char.GetUnicodeCategory(text[next]) == UnicodeCategory.OtherSymbol);
        }
        if (run is "." && next == afterRun)
        {
            return !IsAbbreviation(text[..start]);
        }
        // A sentence may go on after an ellipsis, or after a quotation ("Hi!" she said).
        bool isPause = run.IndexOfAnyExcept('.', '…') < 0 || next > afterRun;
        return !isPause || next + 1 >= text.Length || !char.IsLower(text[next + 1]);
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> before)
    {
        int start = before.Length;
        while (start > 0 && char.IsLetter(before[start - 1]))
        {
            start--;
        }
        ReadOnlySpan<char> word = before[start..];
        if (word.Length == 1)
        {
            bool followsPeriod = start > 0 && before[start - 1] == '.';
            return followsPeriod || (char.IsAsciiLetter(word[0]) && word[0] != 'I');
        }
        foreach (string abbreviation in Abbreviations)
        {
            if (word.Equals(abbreviation, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsTerminator(char c) => c is '.' or '!' or '?' or '…' or '‼' or '⁇' or '⁈' or '⁉' or '‽' or '⸮' or '؟' or '۔' or '।' or '॥' or '։' or '።' or '፧' or '။' or '។' || IsWide(c);

    // No space follows these.
    private static bool IsWide(char c) => c is '。' or '！' or '？' or '｡' or '．';

    private static bool IsCloser(char c) => c is '"' or '\'' or '”' or '’' or '»' or '›' or '」' or '』' or ')' or ']' or '}' or '）' or '】' or '*';

    private static bool IsMark(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format;
}
