using System.Globalization;

namespace Minilm.Grammars;

/// <summary>
/// Lets only regular expressions through that libllama's engine (std::regex) compiles, and whose stack and time are
/// bounded: it recurses for each repetition, and it cannot be interrupted.
/// </summary>
internal static class TriggerPatterns
{
    private const int MaxTriggers = 64;
    private const int MaxLength = 256;
    private const int MaxNesting = 8;
    private const long MaxWays = 5000; // to match at one place: the engine tries them one after the other
    private const int MaxTimes = 64;
    private const string Special = ".^$|()*+?[]{}\\";
    private const string Escapable = Special + "/-\"'<>=:;,!@#%&~` nrtdwsDWS";

    /// <summary>Turns words and patterns into patterns of libllama.</summary>
    /// <exception cref="ArgumentException">There is no trigger, there are too many, or one cannot be used; the message says which and why.</exception>
    public static string[] Of(GrammarTriggers triggers, string parameter)
    {
        int count = triggers.Words.Count + triggers.Patterns.Count + triggers.Tokens.Count;
        if (count is 0 or > MaxTriggers)
        {
            throw new ArgumentException($"The grammar has {count} triggers; it must have 1 to {MaxTriggers}. Without one, use AddGrammar.", parameter);
        }
        foreach (string word in triggers.Words)
        {
            if (string.IsNullOrEmpty(word) || word.Length > MaxLength || word.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException($"The trigger '{word}' must have 1 to {MaxLength} characters, none of them zero.", parameter);
            }
        }
        foreach (string pattern in triggers.Patterns)
        {
            if (FindProblem(pattern) is { } problem)
            {
                throw new ArgumentException($"The trigger pattern '{pattern}' cannot be used: {problem}.", parameter);
            }
        }
        return [.. triggers.Words.Select(Escape), .. triggers.Patterns];
    }

    private static string Escape(string word) =>
        string.Concat(word.Select(c => Special.Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}"));

    private static string? FindProblem(string pattern)
    {
        if (string.IsNullOrEmpty(pattern) || pattern.Length > MaxLength)
        {
            return $"it must have 1 to {MaxLength} characters";
        }
        int depth = 0;
        long ways = 1;
        PrecedingItem last = PrecedingItem.Nothing;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            switch (c)
            {
                case '\0':
                    return "it has a zero character (U+0000)";
                case '^' when i == 0:
                    break;
                case '\\':
                    if (++i == pattern.Length || !Escapable.Contains(pattern[i], StringComparison.Ordinal))
                    {
                        return $"position {i} has an unknown escape";
                    }
                    last = PrecedingItem.Character;
                    break;
                case '[':
                    if ((i = EndOfClass(pattern, i)) < 0)
                    {
                        return "a class must be closed, not be empty, and have ASCII characters, ascending ranges and no named classes";
                    }
                    last = PrecedingItem.Character;
                    break;
                case '(':
                    if (++depth > MaxNesting)
                    {
                        return $"groups may nest up to {MaxNesting} deep";
                    }
                    if (pattern.AsSpan(i + 1).StartsWith("?"))
                    {
                        if (!pattern.AsSpan(i + 1).StartsWith("?:"))
                        {
                            return $"position {i + 1} begins a group other than '(?:'";
                        }
                        i += 2;
                    }
                    last = PrecedingItem.Nothing;
                    break;
                case ')':
                    if (--depth < 0)
                    {
                        return $"position {i} closes a group that is not open";
                    }
                    last = PrecedingItem.Group;
                    break;
                case '|':
                case '?' when last is PrecedingItem.Character or PrecedingItem.Group:
                    ways *= 2;
                    last = PrecedingItem.Nothing;
                    break;
                case '{' when last == PrecedingItem.Character:
                    if ((i = EndOfTimes(pattern, i, out int choices)) < 0)
                    {
                        return $"a repetition must be {{n}} or {{n,m}} with n ≤ m ≤ {MaxTimes}";
                    }
                    ways *= choices;
                    last = PrecedingItem.Nothing;
                    break;
                case '*' or '+':
                    return $"position {i} repeats without a bound; give one, such as {{0,{MaxTimes}}}";
                case '^' or '$' or '?' or '{' or '}' or ']':
                    return $"position {i} has '{c}' where it has no meaning here (a character of its own is '\\{c}')";
                default:
                    last = char.IsAscii(c) ? PrecedingItem.Character : PrecedingItem.Nothing; // the engine sees bytes: a quantifier would take the last one
                    break;
            }
            if (ways > MaxWays)
            {
                return $"it has more than {MaxWays} ways to match (each '?' and '|' doubles them, a repetition multiplies them by its range)";
            }
        }
        return depth == 0 ? null : "a group is not closed";
    }

    /// <summary>The position of the closing bracket, or −1.</summary>
    private static int EndOfClass(string pattern, int start)
    {
        int i = start + 1;
        i += i < pattern.Length && pattern[i] == '^' ? 1 : 0;
        int first = i;
        char previous = '\0'; // of a range
        for (; i < pattern.Length && pattern[i] != ']'; i++)
        {
            bool escaped = pattern[i] == '\\';
            if (escaped && (++i == pattern.Length || !Escapable.Contains(pattern[i], StringComparison.Ordinal)))
            {
                return -1;
            }
            char c = pattern[i];
            if (!char.IsAscii(c) || c == '\0' || (c == '[' && !escaped))
            {
                return -1;
            }
            bool range = !escaped && c == '-' && i > first && i + 1 < pattern.Length && pattern[i + 1] != ']'; // else it stands for itself
            if (range && (pattern[i + 1] is '\\' or '[' or '-' || !char.IsAscii(pattern[i + 1]) || pattern[i + 1] < previous || previous == '\0'))
            {
                return -1;
            }
            if (range)
            {
                i++; // its end, which begins no other range
                previous = '\0';
            }
            else
            {
                previous = escaped ? '\0' : c;
            }
        }
        return i < pattern.Length && i > first ? i : -1;
    }

    /// <summary>The position of the closing brace, or −1.</summary>
    private static int EndOfTimes(string pattern, int start, out int choices)
    {
        choices = 0;
        int end = pattern.IndexOf('}', start);
        if (end < 0)
        {
            return -1;
        }
        string[] bounds = pattern[(start + 1)..end].Split(',');
        if (bounds.Length > 2
            || !int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out int least)
            || !int.TryParse(bounds[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int most)
            || least > most || most > MaxTimes)
        {
            return -1;
        }
        choices = most - least + 1;
        return end;
    }

    /// <summary>What stands before a quantifier.</summary>
    private enum PrecedingItem
    {
        Nothing,
        Character,
        Group,
    }
}
