using System.Globalization;

namespace Minilm.Grammars;

/// <summary>Rules for what follows the whole part of a number: nothing, or a point and digits, within bounds.</summary>
internal static class DecimalDigits
{
    /// <summary>Digits that are free; bounds may need more.</summary>
    public const int Longest = 9;

    /// <summary>Fractions from one to another, given as digits without zeros at their end; null is no bound.</summary>
    /// <returns>A symbol; null when there is no such fraction.</returns>
    public static string? Between(GrammarBuilder grammar, string? least, bool leastExcluded, string? most, bool mostExcluded)
    {
        List<string> ways = [];
        Add(least, leastExcluded, most, mostExcluded, "", ways);
        return ways.Count == 0 ? null : grammar.Rule("decimals", string.Join(" | ", ways));
    }

    private static void Add(string? least, bool leastExcluded, string? most, bool mostExcluded, string prefix, List<string> ways)
    {
        least = least is { Length: 0 } && !leastExcluded ? null : least; // reached: all that follows is above
        if (least is null && (most is not { Length: 0 } || !mostExcluded))
        {
            ways.Add(prefix.Length == 0 ? "\"\"" : $"\".{prefix}\"");
        }
        string start = $"\".{prefix}\"";
        if (most is { Length: 0 })
        {
            if (least is null && !mostExcluded)
            {
                ways.Add(string.Create(CultureInfo.InvariantCulture, $"{start} \"0\"{{1,{Longest}}}"));
            }
            return;
        }
        if (least is null && most is null)
        {
            ways.Add(string.Create(CultureInfo.InvariantCulture, $"{start} [0-9]{{1,{Longest}}}"));
            return;
        }
        if (least is { Length: 0 } && most is null)
        {
            ways.Add($"{start} \"0\"{{0,4}} [1-9] [0-9]{{0,4}}");
            return;
        }

        char low = least is { Length: > 0 } ? least[0] : '0';
        char high = most is null ? '9' : most[0];
        if (least is not null && most is not null && low == high)
        {
            Add(Rest(least), leastExcluded, Rest(most), mostExcluded, prefix + low, ways);
            return;
        }
        if (least is not null)
        {
            Add(Rest(least), leastExcluded, null, false, prefix + low, ways);
            low++;
        }
        if (most is not null)
        {
            Add(null, false, Rest(most), mostExcluded, prefix + high, ways);
            high--;
        }
        if (low <= high)
        {
            ways.Add(string.Create(CultureInfo.InvariantCulture, $"{start} [{low}-{high}] [0-9]{{0,{Longest}}}"));
        }
    }

    private static string Rest(string digits) => digits.Length == 0 ? "" : digits[1..];
}
