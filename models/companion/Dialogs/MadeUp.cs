using Minilm.Companion.Grammar;

namespace Minilm.Companion.Dialogs;

/// <summary>Makes up names and values, so that training has more of them than can be learnt by heart, and copying is learnt instead.</summary>
internal sealed class MadeUp(CompanionGrammar grammar)
{
    private readonly string[] _modifiers = Items(grammar, "modifier");
    private readonly string[] _onsets = Items(grammar, "onset");
    private readonly string[] _vowels = Items(grammar, "vowel");
    private readonly string[] _codas = Items(grammar, "coda");
    private readonly string[] _endings = Items(grammar, "ending");
    private readonly HashSet<string> _names = grammar.Characters.Concat(grammar.People).ToHashSet(StringComparer.Ordinal);

    // By their article, so that a value can stand where another one of its kind does.
    private readonly Dictionary<string, string[]> _byArticle = grammar.Topics
        .SelectMany(topic => topic.OpenSlots.SelectMany(slot => topic.Values(slot, Split.Training)))
        .Where(value => Article(value).Length > 0)
        .GroupBy(Article, StringComparer.Ordinal)
        .ToDictionary(values => values.Key, values => values.ToArray(), StringComparer.Ordinal);

    /// <summary>Gives a name of the list, or one that nobody has.</summary>
    public string Name(Random random, IReadOnlyList<string> listed)
    {
        string word = Word(random);
        string made = char.ToUpperInvariant(word[0]) + word[1..];
        return random.Next(3) > 0 || _names.Contains(made) ? Pick(random, listed) : made;
    }

    /// <summary>Gives one of a slot's values for training, or one that is like them.</summary>
    public string Value(Random random, Topic topic, string slot)
    {
        IReadOnlyList<string> values = topic.Values(slot, Split.Training);
        string listed = Pick(random, values);
        if (!topic.OpenSlots.Contains(slot, StringComparer.Ordinal))
        {
            return listed;
        }
        string article = Article(listed);
        string made = random.Next(20) switch
        {
            < 8 => listed,
            _ when char.IsUpper(listed[0]) => Name(random, values),
            < 11 when article.Length > 0 => Pick(random, _byArticle[article]),
            < 17 => WithModifier(random, listed, Pick(random, _modifiers)),
            < 19 => WithModifier(random, listed, Word(random)),
            _ => WithLastWord(random, listed),
        };
        // What is held out stays so, even where it is made up by chance.
        return topic.Values(slot, Split.HeldOut).Contains(made, StringComparer.OrdinalIgnoreCase) ? listed : made;
    }

    private string Word(Random random)
    {
        string word = Pick(random, _onsets) + Pick(random, _vowels);
        for (int more = random.Next(2); more > 0; more--)
        {
            word += Pick(random, _codas) + Pick(random, _vowels);
        }
        return word + Pick(random, _codas) + Pick(random, _endings);
    }

    // "a red hat" becomes "a red silver hat" or "a silver hat", "tea" becomes "silver tea".
    private static string WithModifier(Random random, string value, string modifier)
    {
        List<string> words = [.. value.Split(' ')];
        if (words.Count > 1 && Article(words[^2] + " ").Length == 0 && random.Next(2) == 0)
        {
            words[^2] = modifier;
        }
        else
        {
            words.Insert(words.Count - 1, modifier);
        }
        return Joined(words);
    }

    private string WithLastWord(Random random, string value)
    {
        List<string> words = [.. value.Split(' ')];
        words[^1] = Word(random) + (words[^1].EndsWith('s') ? "s" : "");
        return Joined(words);
    }

    private static string Joined(List<string> words)
    {
        for (int i = 0; i < words.Count - 1; i++)
        {
            if (words[i] is "a" or "an")
            {
                words[i] = words[i + 1][0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a";
            }
        }
        return string.Join(' ', words);
    }

    private static string Article(string value) =>
        value.StartsWith("a ", StringComparison.Ordinal) || value.StartsWith("an ", StringComparison.Ordinal) ? "a"
        : value.StartsWith("the ", StringComparison.Ordinal) ? "the"
        : value.StartsWith("my ", StringComparison.Ordinal) ? "my"
        : "";

    private static string[] Items(CompanionGrammar grammar, string key) => [.. grammar.Words[key].SelectMany(line => line.Items())];

    private static T Pick<T>(Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
