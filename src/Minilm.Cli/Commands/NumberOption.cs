using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Minilm.Cli.Commands;

/// <summary>An option with a number within bounds, both included, spelled the same in every culture. It is null when it is absent.</summary>
internal sealed class NumberOption<T> : CliOption<T?>
    where T : struct, INumber<T>
{
    /// <inheritdoc cref="CliOption{T}(string, string?, string, string?)"/>
    public NumberOption(string name, T minimum, T maximum, string description, string? defaultText = null, string valueName = "N")
        : base(name, valueName, description, defaultText)
    {
        Minimum = minimum;
        Maximum = maximum;
        CustomParser = Parse;
    }

    /// <summary>Gets the least number that is accepted.</summary>
    public T Minimum { get; }

    /// <summary>Gets the greatest number that is accepted.</summary>
    public T Maximum { get; }

    private T? Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        // Not the default style: it ignores commas, so that 0,7 would be 7.
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T number) && number >= Minimum && number <= Maximum)
        {
            return number;
        }
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{Name} is {text}; it must be a number from {Minimum} to {Maximum}"));
        return null;
    }
}
