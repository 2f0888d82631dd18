using System.Globalization;
using System.Text;

namespace Minilm.Dialog.Replies;

/// <summary>Collects the categories of a text's words, in one pass and without allocations.</summary>
internal static class LexiconScanner
{
    /// <summary>Scans a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The categories of its words and emoji; of negated words, only the topics.</returns>
    internal static LexiconCategories Scan(ReadOnlySpan<char> text)
    {
        Span<char> word = stackalloc char[Lexicon.MaxWordLength];
        LexiconCategories found = LexiconCategories.None;
        bool negated = false;
        int at = 0;
        while (at < text.Length)
        {
            int start = at;
            Rune rune = Read(text, ref at);
            if (!Rune.IsLetterOrDigit(rune))
            {
                negated &= !IsClauseEnd(rune);
                found |= Lexicon.BySign.GetValueOrDefault(rune.Value);
                continue;
            }
            at = start;
            int length = ReadWord(text, ref at, word);
            if (length <= word.Length)
            {
                found |= CategoriesOf(word[..length], ref negated);
            }
            else
            {
                negated = false;
            }
        }
        return found;
    }

    private static LexiconCategories CategoriesOf(ReadOnlySpan<char> word, ref bool negated)
    {
        word = word.EndsWith("'s") ? word[..^2] : word;
        LexiconCategories categories = word.EndsWith("n't") ? LexiconCategories.Negation
            : Lexicon.ByWord.TryGetValue(word, out LexiconCategories known) ? known
            : LexiconCategories.None;
        LexiconCategories told = negated ? categories & LexiconCategories.Topics : categories;
        negated = categories.HasFlag(LexiconCategories.Negation) || (negated && categories.HasFlag(LexiconCategories.Intensifier));
        return told;
    }

    // Writes as much as fits, and returns the whole length.
    private static int ReadWord(ReadOnlySpan<char> text, ref int at, Span<char> word)
    {
        int length = 0;
        while (at < text.Length)
        {
            int next = at;
            Rune rune = Read(text, ref next);
            if (!IsWordPart(rune) && !(length > 0 && IsApostrophe(rune) && next < text.Length && char.IsLetter(text[next])))
            {
                break;
            }
            for (; at < next; at++, length++)
            {
                if (length < word.Length)
                {
                    word[length] = IsApostrophe(rune) ? '\'' : char.ToLowerInvariant(text[at]);
                }
            }
        }
        return length;
    }

    private static Rune Read(ReadOnlySpan<char> text, ref int at)
    {
        if (Rune.TryCreate(text[at], out Rune rune))
        {
            at++;
            return rune;
        }
        Rune.DecodeFromUtf16(text[at..], out rune, out int consumed);
        at += consumed;
        return rune;
    }

    private static bool IsApostrophe(Rune rune) => rune.Value is '\'' or '’';

    private static bool IsClauseEnd(Rune rune) => rune.Value is '.' or ',' or ';' or ':' or '!' or '?' or '…' or '–' or '—' or '。' or '，' or '！' or '？';

    private static bool IsWordPart(Rune rune) => rune.IsAscii
        ? Rune.IsLetterOrDigit(rune)
        : Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.DecimalDigitNumber;
}
