using System.Text.RegularExpressions;

namespace Minilm.Companion.Evaluation;

/// <summary>Cuts replies into words and signs, in lower case.</summary>
internal static partial class Words
{
    public static IReadOnlyList<string> Of(string text) => [.. Pattern().Matches(text).Select(match => match.Value.ToLowerInvariant())];

    /// <summary>Lists the sequences of <paramref name="length"/> words; with <paramref name="withEnds"/>, beginning and end count as words.</summary>
    public static IEnumerable<string> Sequences(IReadOnlyList<string> words, int length, bool withEnds = false)
    {
        IReadOnlyList<string> all = withEnds ? ["<", .. words, ">"] : words;
        for (int i = 0; i + length <= all.Count; i++)
        {
            yield return string.Join(' ', all.Skip(i).Take(length));
        }
    }

    [GeneratedRegex(@"[a-z']+|\.\.\.|[^\sa-z']", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
