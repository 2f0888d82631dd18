using System.Globalization;

namespace Minilm.Grammars;

/// <summary>Bounds of a number.</summary>
internal readonly record struct NumberBounds(decimal? Least, bool LeastExcluded, decimal? Most, bool MostExcluded)
{
    public bool AreOpen => Least is null && Most is null;

    public bool AreEmpty => Least > Most || (Least == Most && Least is not null && (LeastExcluded || MostExcluded));
}

/// <summary>Rules for numbers within bounds, digit by digit. Integers have up to 18 digits; bounded numbers are written without an exponent.</summary>
internal static class NumberRules
{
    public const long Limit = 999_999_999_999_999_999;

    private const int LimitDigits = 18;

    public static string Any(GrammarBuilder grammar) =>
        grammar.Rule("number", $"\"-\"? {Whole(grammar, 0, Limit)} {AnyFraction(grammar)} {grammar.Rule("exponent", "[eE] [\\x2B\\x2D]? [0-9]{1,2}")}?");

    /// <summary>Integers from one to another, both included and within ±<see cref="Limit"/>.</summary>
    public static string Integer(GrammarBuilder grammar, long least, long most)
    {
        List<string> ways = [];
        if (most >= 0)
        {
            ways.Add(Whole(grammar, Math.Max(least, 0), most));
        }
        if (least < 0)
        {
            ways.Add($"\"-\" {Whole(grammar, Math.Max(-most, 1), -least)}");
        }
        return grammar.Choice("integer", ways);
    }

    /// <summary>Numbers within bounds that are not empty and within ±<see cref="Limit"/>; null when there is none that can be written.</summary>
    public static string? Number(GrammarBuilder grammar, NumberBounds bounds)
    {
        List<string> ways = [];
        if (bounds.Most is null or >= 0)
        {
            bool fromZero = bounds.Least is null or < 0;
            AddMagnitudes(grammar, bounds with { Least = fromZero ? 0 : bounds.Least, LeastExcluded = !fromZero && bounds.LeastExcluded }, "", ways);
        }
        if (bounds.Least is null or < 0)
        {
            bool toZero = bounds.Most is null or > 0;
            var mirrored = new NumberBounds(toZero ? 0 : -bounds.Most, !toZero && bounds.MostExcluded, -bounds.Least, bounds.LeastExcluded);
            AddMagnitudes(grammar, mirrored, "\"-\" ", ways);
        }
        return ways.Count == 0 ? null : grammar.Choice("number", ways);
    }

    private static void AddMagnitudes(GrammarBuilder grammar, NumberBounds bounds, string sign, List<string> ways)
    {
        if (bounds.AreEmpty)
        {
            return;
        }
        (long first, string firstDigits) = Split(bounds.Least!.Value);
        (long last, string? lastDigits) = bounds.Most is { } most ? Split(most) : (Limit, null);
        if (lastDigits is not null && first == last)
        {
            Add(first, DecimalDigits.Between(grammar, firstDigits, bounds.LeastExcluded, lastDigits, bounds.MostExcluded));
            return;
        }
        Add(first, DecimalDigits.Between(grammar, firstDigits, bounds.LeastExcluded, null, false));
        long end = lastDigits is null ? last : last - 1;
        if (first + 1 <= end)
        {
            ways.Add($"{sign}{Whole(grammar, first + 1, end)} {AnyFraction(grammar)}");
        }
        if (lastDigits is not null)
        {
            Add(last, DecimalDigits.Between(grammar, null, false, lastDigits, bounds.MostExcluded));
        }

        void Add(long whole, string? fraction)
        {
            if (fraction is not null)
            {
                ways.Add($"{sign}\"{whole.ToString(CultureInfo.InvariantCulture)}\" {fraction}");
            }
        }
    }

    private static (long Whole, string Digits) Split(decimal value)
    {
        long whole = (long)decimal.Truncate(value);
        string text = (value - whole).ToString(CultureInfo.InvariantCulture);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        return (whole, point < 0 ? "" : text[(point + 1)..].TrimEnd('0'));
    }

    private static string AnyFraction(GrammarBuilder grammar) => grammar.Rule("fraction", $"\".\" [0-9]{{1,{DecimalDigits.Longest}}}") + "?";

    /// <summary>Numbers without a sign, both ends included.</summary>
    private static string Whole(GrammarBuilder grammar, long least, long most)
    {
        List<string> ways = [];
        for (int digits = Text(least).Length; digits <= Text(most).Length; digits++)
        {
            long smallest = digits == 1 ? 0 : (long)Math.Pow(10, digits - 1);
            if (most == Limit && least <= smallest && digits > 1)
            {
                ways.Add(string.Create(CultureInfo.InvariantCulture, $"[1-9] [0-9]{{{digits - 1},{LimitDigits - 1}}}"));
                break;
            }
            long largest = (long)Math.Pow(10, digits) - 1;
            AddSameLength(Text(Math.Max(least, smallest)), Text(Math.Min(most, largest)), "", ways);
        }
        return grammar.Choice("whole", ways);
    }

    private static void AddSameLength(ReadOnlySpan<char> from, ReadOnlySpan<char> to, string prefix, List<string> ways)
    {
        string start = prefix.Length == 0 ? "" : $"\"{prefix}\"";
        if (from.Length == 0)
        {
            ways.Add(start);
            return;
        }
        if (from[0] == to[0])
        {
            AddSameLength(from[1..], to[1..], prefix + from[0], ways);
            return;
        }
        bool allAbove = from[1..].TrimStart('0').IsEmpty;
        bool allBelow = to[1..].TrimStart('9').IsEmpty;
        char first = (char)(from[0] + (allAbove ? 0 : 1));
        char last = (char)(to[0] - (allBelow ? 0 : 1));
        if (!allAbove)
        {
            AddSameLength(from[1..], new string('9', from.Length - 1), prefix + from[0], ways);
        }
        if (first <= last)
        {
            string rest = from.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"[0-9]{{{from.Length - 1}}}");
            ways.Add(GrammarBuilder.Join(GrammarBuilder.Join(start, $"[{first}-{last}]"), rest));
        }
        if (!allBelow)
        {
            AddSameLength(new string('0', to.Length - 1), to[1..], prefix + to[0], ways);
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
