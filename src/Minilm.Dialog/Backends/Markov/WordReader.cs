namespace Minilm.Dialog.Backends.Markov;

/// <summary>
/// Splits a line into words at white space; punctuation belongs to words. A script without spaces is also split after
/// its full-width punctuation, so that a chain has more than whole lines to work with.
/// </summary>
internal ref struct WordReader(ReadOnlySpan<char> line)
{
    private const string FullWidthPunctuation = "、。，！？；：";
    private const string FullWidthClosers = "」』）】》〉";
    private const string Closers = "\"')]}»”’*" + FullWidthClosers;
    private const string SentenceEnds = ".!?…。！？";
    private const string ClauseEnds = ",;:-–—、，；：" + SentenceEnds;

    private ReadOnlySpan<char> _rest = line;

    /// <summary>Reads the next word; false at the end of the line.</summary>
    public bool Next(out ReadOnlySpan<char> word)
    {
        _rest = _rest.TrimStart();
        int length = 0;
        while (length < _rest.Length && !char.IsWhiteSpace(_rest[length]))
        {
            length++;
            if (IsFullWidthEnd(_rest[length - 1]) && length < _rest.Length && !IsFullWidthEnd(_rest[length]))
            {
                break;
            }
        }

        word = _rest[..length];
        _rest = _rest[length..];
        return length > 0;
    }

    /// <summary>Tells whether two words are joined without a space: only where they would be split again.</summary>
    public static bool AreJoined(ReadOnlySpan<char> word, ReadOnlySpan<char> next) => IsFullWidthEnd(word[^1]) && !IsFullWidthEnd(next[0]);

    /// <summary>Tells whether a sentence may end with a word.</summary>
    public static bool EndsSentence(ReadOnlySpan<char> word) => EndsWith(word, SentenceEnds);

    /// <summary>Tells whether a sentence or a part of one may end with a word.</summary>
    public static bool EndsClause(ReadOnlySpan<char> word) => EndsWith(word, ClauseEnds);

    private static bool EndsWith(ReadOnlySpan<char> word, string marks)
    {
        ReadOnlySpan<char> bare = word.TrimEnd(Closers);
        return bare.Length > 0 && marks.Contains(bare[^1], StringComparison.Ordinal);
    }

    private static bool IsFullWidthEnd(char c) => FullWidthPunctuation.Contains(c, StringComparison.Ordinal) || FullWidthClosers.Contains(c, StringComparison.Ordinal);
}
