using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Minilm;

/// <summary>Requires a number within bounds, both included; the message names the option, the value and the range. Null is valid, NaN is not.</summary>
/// <param name="minimum">The least valid value.</param>
/// <param name="maximum">The greatest valid value.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InRangeAttribute(double minimum, double maximum) : ValidationAttribute
{
    /// <summary>Gets the least valid value.</summary>
    public double Minimum { get; } = minimum;

    /// <summary>Gets the greatest valid value.</summary>
    public double Maximum { get; } = maximum;

    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is null)
        {
            return ValidationResult.Success;
        }
        double number = Convert.ToDouble(value is Enum ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : value, CultureInfo.InvariantCulture);
        return number >= Minimum && number <= Maximum
            ? ValidationResult.Success
            : new ValidationResult(string.Create(
                CultureInfo.InvariantCulture,
                $"{validationContext.DisplayName} is {value}; it must be from {Describe(Minimum)} to {Describe(Maximum)}"));
    }

    private static string Describe(double bound) => bound switch
    {
        int.MaxValue => "2147483647",
        int.MinValue => "-2147483648",
        _ => bound.ToString(CultureInfo.InvariantCulture),
    };
}
