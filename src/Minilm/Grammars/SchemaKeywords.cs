using System.Collections.Frozen;
using System.Text.Json;

namespace Minilm.Grammars;

/// <summary>The keywords of JSON Schema that can be followed, and those that say nothing about a value.</summary>
internal static class SchemaKeywords
{
    public static readonly FrozenSet<string> Objects = FrozenSet.ToFrozenSet(["properties", "required", "additionalProperties"], StringComparer.Ordinal);
    public static readonly FrozenSet<string> Arrays = FrozenSet.ToFrozenSet(["items", "prefixItems", "minItems", "maxItems"], StringComparer.Ordinal);
    public static readonly FrozenSet<string> Strings = FrozenSet.ToFrozenSet(["minLength", "maxLength", "pattern", "format"], StringComparer.Ordinal);
    public static readonly FrozenSet<string> Numbers = FrozenSet.ToFrozenSet(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Common = FrozenSet.ToFrozenSet(["type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Annotations = FrozenSet.ToFrozenSet(
        ["title", "description", "default", "examples", "$comment", "$schema", "$id", "$defs", "definitions", "deprecated", "readOnly", "writeOnly"],
        StringComparer.Ordinal);

    public static bool IsAnnotation(string keyword) => Annotations.Contains(keyword);

    /// <exception cref="JsonSchemaException">There is a keyword that is not supported.</exception>
    public static void Require(JsonElement schema, string path)
    {
        foreach (string keyword in schema.EnumerateObject().Select(property => property.Name))
        {
            if (!IsAnnotation(keyword) && !Common.Contains(keyword) && !Objects.Contains(keyword) && !Arrays.Contains(keyword) && !Strings.Contains(keyword) && !Numbers.Contains(keyword))
            {
                throw JsonSchemaException.At(path, keyword, "is not supported. Remove it, and check it in what the model wrote.");
            }
        }
    }

    /// <summary>Reads a count that is not negative; null when it is not stated.</summary>
    /// <exception cref="JsonSchemaException">It is no such count.</exception>
    public static long? Count(JsonElement schema, string keyword, string path) =>
        !schema.TryGetProperty(keyword, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count >= 0 ? count
        : throw JsonSchemaException.At(path, keyword, $"is {value.GetRawText()}; it must be an integer from 0 to {int.MaxValue}.");

    /// <exception cref="JsonSchemaException">It is no number, or too large to calculate with.</exception>
    public static decimal? Number(JsonElement schema, string keyword, string path) =>
        !schema.TryGetProperty(keyword, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && Math.Abs(number) <= NumberRules.Limit ? number
        : throw JsonSchemaException.At(path, keyword, $"is {value.GetRawText()}; it must be a number with up to 18 digits before the point.");

    /// <exception cref="JsonSchemaException">It is no text.</exception>
    public static string? Text(JsonElement schema, string keyword, string path) =>
        !schema.TryGetProperty(keyword, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw JsonSchemaException.At(path, keyword, $"is {value.ValueKind}; it must be a string.");

    /// <summary>Requires that a keyword, where it is stated, is of a kind.</summary>
    /// <exception cref="JsonSchemaException">It is of another one.</exception>
    public static bool Has(JsonElement schema, string keyword, JsonValueKind kind, string path, out JsonElement value) =>
        schema.TryGetProperty(keyword, out value)
        && (value.ValueKind == kind ? true : throw JsonSchemaException.At(path, keyword, $"is {value.ValueKind}; it must be {(kind == JsonValueKind.Object ? "an object" : "an array")}."));
}
