using System.Text;

namespace Minilm.Dialog.Replies;

/// <summary>Tells words from what a confused model writes.</summary>
internal static class ReplyQuality
{
    /// <summary>Tells whether a clean reply says something: a letter, a digit or a picture, and at most every fourth character was broken.</summary>
    public static bool IsReadable(string reply)
    {
        int all = 0;
        int broken = 0;
        bool says = false;
        foreach (Rune rune in reply.EnumerateRunes())
        {
            all++;
            if (rune == Rune.ReplacementChar)
            {
                broken++;
            }
            else
            {
                says |= Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.OtherSymbol;
            }
        }
        return says && broken * 4 <= all;
    }
}
