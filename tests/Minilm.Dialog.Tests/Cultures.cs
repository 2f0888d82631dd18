using System.Globalization;

namespace Minilm.Tests.Dialog;

/// <summary>Cultures whose numbers and letters are unlike the invariant ones. Made by hand where the runtime knows only the invariant culture.</summary>
internal static class Cultures
{
    public static readonly string[] Names = ["de-DE", "tr-TR", "ar-SA"];

    /// <summary>Runs code in a culture, and gives the thread its own back.</summary>
    public static T Run<T>(string name, Func<T> code)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = Create(name);
        try
        {
            return code();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static CultureInfo Create(string name)
    {
        CultureInfo culture;
        try
        {
            culture = (CultureInfo)CultureInfo.GetCultureInfo(name).Clone();
        }
        catch (CultureNotFoundException)
        {
            culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        }
        NumberFormatInfo numbers = culture.NumberFormat;
        (numbers.NumberDecimalSeparator, numbers.NumberGroupSeparator, numbers.NegativeSign) = name == "ar-SA" ? ("٫", "٬", "\u061C-") : (",", ".", "-");
        return culture;
    }
}
