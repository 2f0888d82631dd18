namespace Minilm.Grammars;

/// <summary>Refuses grammars that libllama's parser would not survive: it recurses by nesting and by rules, and its stack is the caller's.</summary>
internal static class GrammarLimits
{
    // libllama 0.7.0 takes some 500 bytes of stack for each level of parentheses and 150 for each rule that begins with
    // another one. Both stay far below the smallest stack of a thread (1.5 MiB).
    private const int MaxNesting = 200;
    private const int MaxRules = 4096;
    private const int MaxLength = 65536;

    /// <exception cref="ArgumentException">The grammar has a zero character, or is too long, too deep or has too many rules.</exception>
    public static void Require(string gbnf, string parameter)
    {
        if (gbnf.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("The grammar has a zero character (U+0000), where libllama would end it.", parameter);
        }
        if (gbnf.Length > MaxLength)
        {
            throw new ArgumentException($"The grammar has {gbnf.Length} characters; it may have up to {MaxLength}.", parameter);
        }
        (int nesting, int rules) = Measure(gbnf);
        if (nesting > MaxNesting)
        {
            throw new ArgumentException($"The grammar nests parentheses {nesting} deep; it may nest up to {MaxNesting}. Give inner parts rules of their own.", parameter);
        }
        if (rules > MaxRules)
        {
            throw new ArgumentException($"The grammar has {rules} rules, groups and repetitions; it may have up to {MaxRules}.", parameter);
        }
    }

    /// <summary>Measures the deepest nesting and counts what becomes a rule, outside of literals, character classes, tokens and comments.</summary>
    private static (int Nesting, int Rules) Measure(ReadOnlySpan<char> gbnf)
    {
        int depth = 0, deepest = 0, rules = 0;
        for (int i = 0; i < gbnf.Length; i++)
        {
            switch (gbnf[i])
            {
                case '"':
                    i = EndOf(gbnf, i, '"');
                    break;
                case '[':
                    i = EndOf(gbnf, i, ']');
                    break;
                case '<':
                    i = EndOf(gbnf, i, '>');
                    break;
                case '#':
                    i = EndOf(gbnf, i, '\n');
                    break;
                case '(':
                    rules++;
                    deepest = Math.Max(deepest, ++depth);
                    break;
                case ')':
                    depth--;
                    break;
                case '=' or '*' or '+' or '?' or '{':
                    rules++;
                    break;
            }
        }
        return (deepest, rules);
    }

    private static int EndOf(ReadOnlySpan<char> gbnf, int start, char end)
    {
        int i = start + 1;
        while (i < gbnf.Length && gbnf[i] != end)
        {
            i += gbnf[i] == '\\' && end is ('"' or ']') ? 2 : 1;
        }
        return i;
    }
}
