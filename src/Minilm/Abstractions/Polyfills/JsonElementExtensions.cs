#if !NET10_0_OR_GREATER
using System.Globalization;
using System.Numerics;

namespace System.Text.Json;

/// <summary>What <see cref="JsonElement"/> has since .NET 9 and 10.</summary>
internal static class JsonElementExtensions
{
    extension(JsonElement)
    {
        public static JsonElement Parse(string json, JsonDocumentOptions options = default) => Parse(Encoding.UTF8.GetBytes(json), options);

        public static JsonElement Parse(ReadOnlySpan<char> json) => Parse(json.ToString());

        public static JsonElement Parse(ReadOnlySpan<byte> utf8Json, JsonDocumentOptions options = default)
        {
            using var document = JsonDocument.Parse(utf8Json.ToArray(), options);
            return document.RootElement.Clone();
        }

        public static bool DeepEquals(JsonElement left, JsonElement right) => left.ValueKind == right.ValueKind && left.ValueKind switch
        {
            JsonValueKind.Number => Decimals(left) == Decimals(right),
            JsonValueKind.String => left.ValueEquals(right.GetString()),
            JsonValueKind.Array => left.GetArrayLength() == right.GetArrayLength()
                && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => DeepEquals(pair.First, pair.Second)),
            JsonValueKind.Object => left.EnumerateObject().Count() == right.EnumerateObject().Count()
                && left.EnumerateObject().All(property => right.TryGetProperty(property.Name, out JsonElement other) && DeepEquals(property.Value, other)),
            _ => true,
        };
    }

    /// <summary>Takes a number apart, so that 1, 1.0 and 10e-1 are the same.</summary>
    private static (bool IsNegative, string Digits, BigInteger Exponent) Decimals(JsonElement number)
    {
        string[] parts = number.GetRawText().TrimStart('-').Split('e', 'E');
        BigInteger exponent = parts.Length == 1 ? 0 : BigInteger.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= parts[0].Length - point - 1;
        }
        string whole = parts[0].Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        string digits = whole.TrimEnd('0');
        return digits.Length == 0 ? (false, "", 0) : (number.GetRawText()[0] == '-', digits, exponent + (whole.Length - digits.Length));
    }
}
#endif
