using System.Text.RegularExpressions;
using Minilm.Companion.Grammar;

namespace Minilm.Companion.Evaluation;

/// <summary>Recognises by keywords whether a reply fits a topic or trigger.</summary>
internal static partial class TopicClassifier
{
    /// <summary>Tells whether a reply has a word that begins with one of the topic's keywords, one of the values the exchange is about, or one that replies there bring up themselves.</summary>
    public static bool Fits(Topic topic, string reply, IReadOnlyCollection<string> values)
    {
        if (values.Concat(topic.OwnValues).Any(value => value.Length > 0 && reply.Contains(value, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }
        foreach (ValueMatch word in Words().EnumerateMatches(reply))
        {
            ReadOnlySpan<char> text = reply.AsSpan(word.Index, word.Length);
            foreach (string keyword in topic.Keywords)
            {
                if (text.StartsWith(keyword, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }
        return false;
    }

    [GeneratedRegex("[a-z']+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();
}
