using System.Globalization;
using System.Numerics;
using System.Text;

namespace Minilm.Grammars;

/// <summary>Collects the rules of a GBNF grammar. Equal rules are written once; an expression that a method returns is one symbol, or a sequence of them where it says so.</summary>
internal sealed class GrammarBuilder
{
    // libllama makes one rule of its own for each time that a bounded repetition may end, and refuses 2,000 of them.
    // Longer ones are divided here until they are this short.
    private const int LongestRepetition = 64;

    // Each power of two in a range is one more way that libllama keeps open with each token.
    private const int WidestRange = 32_767;

    private readonly List<(string Name, string Body)> _rules = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private int _reserved;

    /// <summary>Adds a rule, or finds the one that says the same.</summary>
    /// <returns>Its name.</returns>
    public string Rule(string hint, string body)
    {
        if (!_names.TryGetValue(body, out string? name))
        {
            name = Reserve(hint);
            Define(name, body);
            _names.Add(body, name);
        }
        return name;
    }

    /// <summary>Adds a rule of alternatives; a single one stays as it is when it is one symbol.</summary>
    public string Choice(string hint, IReadOnlyCollection<string> alternatives)
    {
        List<string> distinct = [.. alternatives.Distinct(StringComparer.Ordinal)];
        return distinct.Count == 1 && !distinct[0].Contains(' ', StringComparison.Ordinal) ? distinct[0] : Rule(hint, string.Join(" | ", distinct));
    }

    /// <summary>Gives a name to a rule that is defined later.</summary>
    public string Reserve(string hint) => string.Create(CultureInfo.InvariantCulture, $"{hint}-{_reserved++}");

    public void Define(string name, string body) => _rules.Add((name, body));

    /// <summary>Repeats a symbol; up to 32,767 times more often than it must be.</summary>
    /// <returns>A sequence; empty for zero times.</returns>
    public string Repeat(string symbol, long least, long? most) => most is { } limit
        ? Join(Exactly(symbol, least), UpTo(symbol, Math.Min(limit - least, WidestRange)))
        : Join(Exactly(symbol, least), symbol + "*");

    /// <summary>Writes the grammar with its start rule first.</summary>
    public string Build(string root)
    {
        var text = new StringBuilder();
        text.Append("root ::= ").Append(root).Append('\n');
        foreach ((string name, string body) in _rules)
        {
            text.Append(name).Append(" ::= ").Append(body).Append('\n');
        }
        return text.ToString();
    }

    public static string Join(string first, string second) => first.Length == 0 ? second : second.Length == 0 ? first : $"{first} {second}";

    private string Exactly(string symbol, long count) => count switch
    {
        0 => "",
        1 => symbol,
        <= LongestRepetition => string.Create(CultureInfo.InvariantCulture, $"{symbol}{{{count}}}"),
        _ => Rule("times", Join(Join(Exactly(symbol, count / 2), Exactly(symbol, count / 2)), count % 2 == 0 ? "" : symbol)),
    };

    /// <summary>Zero to so many times: either fewer than the greatest power of two in the count, or as many and then up to the rest. Powers keep the ways of counting a text few.</summary>
    private string UpTo(string symbol, long count)
    {
        switch (count)
        {
            case 0:
                return "";
            case 1:
                return symbol + "?";
            case < LongestRepetition:
                return string.Create(CultureInfo.InvariantCulture, $"{symbol}{{0,{count}}}");
            default:
                long power = 1L << BitOperations.Log2((ulong)count);
                return Rule("upto", $"{UpTo(symbol, power - 1)} | {Join(Exactly(symbol, power), UpTo(symbol, count - power))}");
        }
    }
}
