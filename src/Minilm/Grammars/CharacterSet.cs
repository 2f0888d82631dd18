namespace Minilm.Grammars;

/// <summary>A set of code points of a pattern, and how a JSON string has one of them.</summary>
internal sealed class CharacterSet(IEnumerable<(int First, int Last)> ranges)
{
    private static readonly (int CodePoint, string Escape)[] Escapes =
        [('"', "\\\""), ('\\', "\\\\"), ('\b', "\\b"), ('\f', "\\f"), ('\n', "\\n"), ('\r', "\\r"), ('\t', "\\t")];

    private readonly List<(int First, int Last)> _ranges = [.. ranges];

    public static CharacterSet Digits => new([('0', '9')]);

    public static CharacterSet Word => new([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);

    public static CharacterSet Space => new([('\t', '\n'), ('\f', '\r'), (' ', ' ')]);

    /// <summary>Gets any character that does not end a line.</summary>
    public static CharacterSet Dot => new CharacterSet([('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)]).Inverse();

    public IReadOnlyList<(int First, int Last)> Ranges => _ranges;

    public CharacterSet Inverse()
    {
        List<(int First, int Last)> inverse = [];
        int from = 0x08; // characters before it have no short escape, and JSON strings do not have them as they are
        foreach ((int first, int last) in _ranges.Order())
        {
            if (first > from)
            {
                inverse.Add((from, first - 1));
            }
            from = Math.Max(from, last + 1);
        }
        if (from <= 0xFFFF)
        {
            inverse.Add((from, 0xFFFF)); // engines differ in whether a character beyond is one or two
        }
        return new CharacterSet(inverse);
    }

    /// <summary>Keeps what is ASCII: what a class such as \D excludes beyond differs between engines.</summary>
    public CharacterSet InAscii() => new(from range in _ranges where range.First < 0x7F select (range.First, Math.Min(range.Last, 0x7E)));

    /// <summary>Writes the set as one symbol; null when no JSON string has any of it.</summary>
    public string? Write(GrammarBuilder grammar)
    {
        List<(int First, int Last)> raw =
        [
            .. from range in _ranges.Order()
               from allowed in Gbnf.RawCharacters
               let first = Math.Max(range.First, allowed.First)
               let last = Math.Min(range.Last, allowed.Last)
               where first <= last
               select (first, last),
        ];
        List<string> ways = raw.Count == 0 ? [] : [Gbnf.Class(raw)];
        ways.AddRange(from escape in Escapes where Has(escape.CodePoint) select Gbnf.Literal(escape.Escape));
        return ways.Count == 0 ? null : grammar.Choice("set", ways);
    }

    private bool Has(int codePoint) => _ranges.Exists(range => range.First <= codePoint && codePoint <= range.Last);
}
