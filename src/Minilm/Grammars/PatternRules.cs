using System.Globalization;
using System.Text;

namespace Minilm.Grammars;

/// <summary>
/// Rules for strings that match a regular expression of a subset: literals, escapes (\d \w \s \D \W \S \n \r \t \f \b in
/// classes, \xHH, \uHHHH, escaped punctuation), '.', classes and ranges, groups, alternation, * + ? {m} {m,} {m,n},
/// ^ and $ at the ends. Where an end has no anchor, up to 32 characters may stand.
/// </summary>
internal sealed class PatternRules
{
    private const int FreeCharacters = 32;
    private const int MaxNesting = 32;
    private const int MaxCount = 100_000;

    private readonly GrammarBuilder _grammar;
    private readonly string _character;
    private readonly string _path;
    private readonly Rune[] _pattern;
    private int _at;
    private int _nesting;

    private PatternRules(GrammarBuilder grammar, string character, string pattern, string path)
    {
        (_grammar, _character, _path) = (grammar, character, path);
        _pattern = [.. pattern.EnumerateRunes()];
    }

    private int Current => _at < _pattern.Length ? _pattern[_at].Value : -1;

    /// <summary>Writes a rule for the content of a JSON string.</summary>
    /// <exception cref="JsonSchemaException">The pattern is not of the subset.</exception>
    public static string Write(GrammarBuilder grammar, string character, string pattern, string path)
    {
        var rules = new PatternRules(grammar, character, pattern, path);
        string symbol = rules.Alternatives().Text;
        return rules.Current < 0 ? symbol : throw rules.Problem("has a ')' without its '('");
    }

    private Piece Alternatives()
    {
        List<string> ways = [];
        bool canBeEmpty = false;
        do
        {
            Piece way = Sequence();
            ways.Add(way.Text.Length == 0 ? "\"\"" : way.Text);
            canBeEmpty |= way.CanBeEmpty;
        }
        while (Take('|'));
        return new Piece(_grammar.Choice("pattern", ways), canBeEmpty);
    }

    private Piece Sequence()
    {
        bool outermost = _nesting == 0;
        string free = outermost ? _grammar.Rule("free", _grammar.Repeat(_character, 0, FreeCharacters)) : "";
        string text = outermost && !Take('^') ? free : "";
        bool canBeEmpty = true;
        while (Current is not (-1 or '|' or ')'))
        {
            if (Current == '$' && outermost)
            {
                _at++;
                return Current is -1 or '|' ? new Piece(text, canBeEmpty) : throw Problem("has '$' before its end");
            }
            Piece piece = Quantified(Atom());
            text = GrammarBuilder.Join(text, piece.Text);
            canBeEmpty &= piece.CanBeEmpty;
        }
        return new Piece(outermost ? GrammarBuilder.Join(text, free) : text, canBeEmpty);
    }

    private Piece Quantified(Piece atom)
    {
        (long Least, long? Most)? count = Current switch
        {
            '*' => (0, null),
            '+' => (1, null),
            '?' => (0, 1),
            '{' => Count(),
            _ => null,
        };
        if (count is not { } times)
        {
            return atom;
        }
        _at++;
        if (Current is '?' or '+' or '*' or '{')
        {
            throw Problem($"has '{_pattern[_at]}' after a repetition, which is not supported");
        }
        if (atom.CanBeEmpty)
        {
            throw Problem("repeats a part that can be empty");
        }
        return new Piece(_grammar.Repeat(atom.Text, times.Least, times.Most), times.Least == 0);
    }

    /// <summary>Reads {m}, {m,} or {m,n}, up to the closing brace.</summary>
    private (long Least, long? Most) Count()
    {
        _at++;
        long least = Integer();
        long? most = least;
        if (Take(','))
        {
            most = Current == '}' ? null : Integer();
        }
        return Current == '}' && (most is null || most >= least) ? (least, most) : throw Problem("has a '{' that is not {m}, {m,} or {m,n}; write \\{ for the character");
    }

    private int Integer()
    {
        int start = _at;
        int value = 0;
        for (; Current is >= '0' and <= '9'; _at++)
        {
            value = (value * 10) + (Current - '0');
            if (value > MaxCount)
            {
                throw Problem($"repeats more than {MaxCount} times");
            }
        }
        return _at > start ? value : throw Problem("has a '{' that is not {m}, {m,} or {m,n}; write \\{ for the character");
    }

    private Piece Atom()
    {
        int rune = Current;
        _at++;
        switch (rune)
        {
            case '(':
                return Group();
            case '[':
                return One(Class());
            case '.':
                return One(CharacterSet.Dot);
            case '\\':
                return One(Escape(inClass: false));
            case '^' or '$':
                throw Problem($"has '{(char)rune}' inside; it is supported at the ends only");
            case '*' or '+' or '?' or '{' or '}' or ']':
                throw Problem($"has '{(char)rune}' where a character is expected; write \\{(char)rune} for the character");
            default:
                return One(new CharacterSet([(rune, rune)]));
        }
    }

    private Piece Group()
    {
        if (Take('?') && !Take(':'))
        {
            throw Problem("has a group that begins with '(?'; only (…) and (?:…) are supported");
        }
        if (++_nesting > MaxNesting)
        {
            throw Problem($"nests groups more than {MaxNesting} deep");
        }
        Piece inside = Alternatives();
        _nesting--;
        return Take(')') ? inside : throw Problem("has a '(' without its ')'");
    }

    private CharacterSet Class()
    {
        bool inverse = Take('^');
        List<(int First, int Last)> ranges = [];
        while (Current != ']')
        {
            CharacterSet item = ClassItem();
            if (Current == '-' && _at + 1 < _pattern.Length && _pattern[_at + 1].Value != ']')
            {
                _at++;
                CharacterSet end = ClassItem();
                if (!IsOne(item) || !IsOne(end) || end.Ranges[0].First < item.Ranges[0].First)
                {
                    throw Problem("has a range in a class that does not go from one character up to another");
                }
                ranges.Add((item.Ranges[0].First, end.Ranges[0].First));
                continue;
            }
            ranges.AddRange(item.Ranges);
        }
        _at++;
        var set = new CharacterSet(ranges);
        return inverse ? set.Inverse() : set;
    }

    private CharacterSet ClassItem()
    {
        int rune = Current;
        _at++;
        return rune switch
        {
            -1 => throw Problem("has a '[' without its ']'"),
            '\\' => Escape(inClass: true),
            '[' => throw Problem("has '[' inside a class; write \\[ for the character"),
            _ => new CharacterSet([(rune, rune)]),
        };
    }

    private CharacterSet Escape(bool inClass)
    {
        int rune = Current;
        _at++;
        return rune switch
        {
            'd' => CharacterSet.Digits,
            'w' => CharacterSet.Word,
            's' => CharacterSet.Space,
            'D' => CharacterSet.Digits.Inverse().InAscii(),
            'W' => CharacterSet.Word.Inverse().InAscii(),
            'S' => CharacterSet.Space.Inverse().InAscii(),
            'n' => Single('\n'),
            'r' => Single('\r'),
            't' => Single('\t'),
            'f' => Single('\f'),
            'b' when inClass => Single('\b'),
            'x' => Single(Hex(2)),
            'u' => Single(Hex(4)),
            > 0x20 and < 0x7F when !char.IsAsciiLetterOrDigit((char)rune) => Single(rune),
            -1 => throw Problem("ends with '\\'"),
            _ => throw Problem($"has '\\{char.ConvertFromUtf32(rune)}', which is not supported"),
        };
    }

    private int Hex(int digits)
    {
        int value = 0;
        for (int i = 0; i < digits; i++, _at++)
        {
            value = Current is >= 0 and < 0x80 && char.IsAsciiHexDigit((char)Current)
                ? (value << 4) | int.Parse([(char)Current], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : throw Problem($"has an escape without its {digits} hexadecimal digits");
        }
        return value;
    }

    private Piece One(CharacterSet set) =>
        new(set.Write(_grammar) ?? throw Problem("has a class of which no JSON string has a character, or a control character without a short escape"), CanBeEmpty: false);

    private static CharacterSet Single(int rune) => new([(rune, rune)]);

    private static bool IsOne(CharacterSet set) => set.Ranges.Count == 1 && set.Ranges[0].First == set.Ranges[0].Last;

    private bool Take(int rune)
    {
        bool found = Current == rune;
        _at += found ? 1 : 0;
        return found;
    }

    private JsonSchemaException Problem(string problem) => JsonSchemaException.At(_path, "pattern", $"{problem} (character {_at})");

    /// <summary>A sequence of symbols; what is repeated is always one.</summary>
    private readonly record struct Piece(string Text, bool CanBeEmpty);
}
