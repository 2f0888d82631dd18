using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Minilm;

/// <summary>Requires a time span greater than zero. Null is valid.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PositiveTimeAttribute : ValidationAttribute
{
    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is not TimeSpan time || time > TimeSpan.Zero
            ? ValidationResult.Success
            : new ValidationResult(string.Create(
                CultureInfo.InvariantCulture,
                $"{validationContext.DisplayName} is {time}; it must be greater than zero (null means no limit)"));
}
