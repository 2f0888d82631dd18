using System.Text;

namespace Minilm.Companion.Grammar;

/// <summary>A text with alternatives, <c>[a|b]</c>, and slots, <c>{x}</c>.</summary>
internal sealed class Pattern
{
    private readonly IReadOnlyList<Part> _parts;

    private Pattern(IReadOnlyList<Part> parts)
    {
        _parts = parts;
    }

    private abstract record Part;

    private sealed record Literal(string Text) : Part;

    private sealed record Slot(string Name) : Part;

    private sealed record Choice(IReadOnlyList<Pattern> Options) : Part;

    /// <summary>Gets the names of all slots, those in alternatives included.</summary>
    public IEnumerable<string> Slots => _parts.SelectMany(part => part switch
    {
        Slot slot => [slot.Name],
        Choice choice => choice.Options.SelectMany(option => option.Slots),
        _ => [],
    }).Distinct(StringComparer.Ordinal);

    /// <exception cref="GrammarException">A bracket or brace has no partner.</exception>
    public static Pattern Parse(string text)
    {
        int position = 0;
        Pattern pattern = ParseSequence(text, ref position, isOption: false);
        return pattern;
    }

    /// <summary>Writes one of the texts.</summary>
    /// <param name="random">Chooses among alternatives.</param>
    /// <param name="valueOf">The value of a slot.</param>
    public string Expand(Random random, Func<string, string> valueOf) => Write(random.Next, valueOf);

    /// <summary>Lists all texts, those that are the same by chance included.</summary>
    /// <param name="valueOf">The value of a slot.</param>
    public IEnumerable<string> All(Func<string, string> valueOf)
    {
        var choices = new List<(int Chosen, int Count)>();
        do
        {
            int made = 0;
            yield return Write(count =>
            {
                if (made == choices.Count)
                {
                    choices.Add((0, count));
                }
                return choices[made++].Chosen;
            }, valueOf);
            while (choices.Count > 0 && choices[^1].Chosen == choices[^1].Count - 1)
            {
                choices.RemoveAt(choices.Count - 1);
            }
            if (choices.Count > 0)
            {
                choices[^1] = (choices[^1].Chosen + 1, choices[^1].Count);
            }
        }
        while (choices.Count > 0);
    }

    /// <summary>Counts the texts, those that are the same by chance included.</summary>
    /// <param name="valuesOf">How many values a slot has.</param>
    public double Count(Func<string, double> valuesOf) =>
        Shapes() * Slots.Aggregate(1.0, (product, slot) => product * valuesOf(slot));

    private double Shapes() => _parts.OfType<Choice>().Aggregate(1.0, (product, choice) => product * choice.Options.Sum(option => option.Shapes()));

    private string Write(Func<int, int> choose, Func<string, string> valueOf)
    {
        var text = new StringBuilder(96);
        bool isAfterNothing = false;
        Append(text, ref isAfterNothing, choose, valueOf);
        if (isAfterNothing && text.Length > 0 && text[^1] == ' ')
        {
            text.Length--;
        }
        if (text.Length > 0)
        {
            text[0] = char.ToUpperInvariant(text[0]);
        }
        return text.ToString();
    }

    private void Append(StringBuilder text, ref bool isAfterNothing, Func<int, int> choose, Func<string, string> valueOf)
    {
        foreach (Part part in _parts)
        {
            switch (part)
            {
                case Literal literal:
                    AppendLiteral(text, isAfterNothing, literal.Text);
                    isAfterNothing = false;
                    break;
                case Slot slot:
                    isAfterNothing = false;
                    AppendValue(text, valueOf(slot.Name));
                    break;
                case Choice choice:
                    int before = text.Length;
                    choice.Options[choose(choice.Options.Count)].Append(text, ref isAfterNothing, choose, valueOf);
                    isAfterNothing |= text.Length == before;
                    break;
            }
        }
    }

    // An alternative that says nothing takes one of its blanks with it: "now [then|]." becomes "now."
    private static void AppendLiteral(StringBuilder text, bool isAfterNothing, string literal)
    {
        int from = 0;
        if (isAfterNothing && (text.Length == 0 || text[^1] == ' '))
        {
            bool endsWord = literal[0] is '.' or ',' or '?' or '!' && !literal.StartsWith("...", StringComparison.Ordinal);
            text.Length -= endsWord && text.Length > 0 ? 1 : 0;
            from = literal[0] == ' ' ? 1 : 0;
        }
        text.Append(literal, from, literal.Length - from);
    }

    private static void AppendValue(StringBuilder text, string value)
    {
        if (value.Length == 0)
        {
            return;
        }
        if (EndsWithArticle(text) && value[0] is 'a' or 'e' or 'i' or 'o' or 'u')
        {
            text.Insert(text.Length - 1, 'n');
        }
        bool startsSentence = text.Length >= 2 && text[^1] == ' ' && (text[^2] is '!' or '?' || (text[^2] == '.' && (text.Length < 3 || text[^3] != '.')));
        text.Append(startsSentence ? char.ToUpperInvariant(value[0]) : value[0]).Append(value, 1, value.Length - 1);
    }

    private static bool EndsWithArticle(StringBuilder text) =>
        text.Length >= 2 && text[^1] == ' ' && text[^2] is 'a' or 'A' && (text.Length == 2 || text[^3] == ' ');

    private static Pattern ParseSequence(string text, ref int position, bool isOption)
    {
        var parts = new List<Part>();
        int start = position;
        while (position < text.Length)
        {
            char c = text[position];
            if (isOption && c is '|' or ']')
            {
                break;
            }
            switch (c)
            {
                case '[':
                    Flush(start, position);
                    parts.Add(ParseChoice(text, ref position));
                    start = position;
                    break;
                case '{':
                    Flush(start, position);
                    int close = text.IndexOf('}', position);
                    if (close < 0)
                    {
                        throw new GrammarException($"no '}}' after '{text[position..]}'");
                    }
                    parts.Add(new Slot(text[(position + 1)..close]));
                    position = start = close + 1;
                    break;
                case ']' or '}' or '|':
                    throw new GrammarException($"'{c}' without a beginning in '{text}'");
                default:
                    position++;
                    break;
            }
        }
        Flush(start, position);
        return new Pattern(parts);

        void Flush(int from, int to)
        {
            if (to > from)
            {
                parts.Add(new Literal(text[from..to]));
            }
        }
    }

    private static Choice ParseChoice(string text, ref int position)
    {
        int open = position++;
        var options = new List<Pattern>();
        while (true)
        {
            options.Add(ParseSequence(text, ref position, isOption: true));
            if (position >= text.Length)
            {
                throw new GrammarException($"no ']' after '{text[open..]}'");
            }
            if (text[position++] == ']')
            {
                return new Choice(options);
            }
        }
    }
}
