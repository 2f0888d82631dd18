using System.Text;

namespace Minilm.Dialog.Replies;

/// <summary>Tells readable replies from garbage.</summary>
internal static class ReplyQuality
{
    /// <summary>Tells whether a clean reply is readable: it has a letter, a digit or an emoji, and at most a quarter of its characters are replacement characters.</summary>
    public static bool IsReadable(string reply)
    {
        int all = 0;
        int broken = 0;
        bool hasContent = false;
        foreach (Rune rune in reply.EnumerateRunes())
        {
            all++;
            if (rune == Rune.ReplacementChar)
            {
                broken++;
            }
            else
            {
                hasContent |= Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.OtherSymbol;
            }
        }
        return hasContent && broken * 4 <= all;
    }
}
