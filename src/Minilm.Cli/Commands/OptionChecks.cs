using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Minilm.Cli.Commands;

/// <summary>Checks of option values while the command line is parsed, before anything is loaded.</summary>
internal static class OptionChecks
{
    /// <summary>Requires a number within bounds, both included, spelled the same in every culture.</summary>
    public static Option<T?> From<T>(this Option<T?> option, T minimum, T maximum)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Parse(result, option, minimum, maximum);
        return option;
    }

    /// <inheritdoc cref="From{T}(Option{T?}, T, T)"/>
    public static Option<T> From<T>(this Option<T> option, T minimum, T maximum)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Parse(result, option, minimum, maximum) ?? default;
        return option;
    }

    /// <summary>Requires exactly one of two options.</summary>
    public static void RequireOneOf(this Command command, Option first, Option second)
    {
        command.Validators.Add(result =>
        {
            bool hasFirst = result.GetResult(first) is { Implicit: false };
            bool hasSecond = result.GetResult(second) is { Implicit: false };
            if (hasFirst == hasSecond)
            {
                result.AddError(hasFirst
                    ? $"{first.Name} and {second.Name} exclude each other: give one of them"
                    : $"Nothing to work on: give {first.Name} or {second.Name}");
            }
        });
    }

    private static T? Parse<T>(ArgumentResult result, Option option, T minimum, T maximum)
        where T : struct, INumber<T>
    {
        string text = result.Tokens[0].Value;
        // Not the default style: it ignores commas, so that 0,7 would be 7.
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T number) && number >= minimum && number <= maximum)
        {
            return number;
        }
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {text}; it must be a number from {minimum} to {maximum}"));
        return null;
    }
}
