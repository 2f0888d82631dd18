using System.Text.Json;

namespace Minilm.Grammars;

/// <summary>The types that a schema states, and the bounds of its numbers.</summary>
internal static class SchemaTypes
{
    private static readonly string[] Names = ["object", "array", "string", "integer", "number", "boolean", "null"];

    /// <summary>Gets the types that a schema states; null when it states none.</summary>
    /// <exception cref="JsonSchemaException">One of them is no type.</exception>
    public static string[]? Stated(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
        {
            return null;
        }
        string[] types = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(Name)] : [Name(type)];
        return types.Length > 0 ? types : throw JsonSchemaException.At(path, "type", "is empty; nothing would be valid.");

        string Name(JsonElement name) => name.ValueKind == JsonValueKind.String && Names.Contains(name.GetString(), StringComparer.Ordinal)
            ? name.GetString()!
            : throw JsonSchemaException.At(path, "type", $"is {name.GetRawText()}; it must be one of {string.Join(", ", Names)}.");
    }

    /// <summary>Gets the types that the keywords of a schema are about.</summary>
    public static string[] Implied(JsonElement schema)
    {
        string[] keywords = [.. schema.EnumerateObject().Select(property => property.Name)];
        List<string> types = [];
        foreach ((string type, IReadOnlySet<string> about) in (ReadOnlySpan<(string, IReadOnlySet<string>)>)
            [("object", SchemaKeywords.Objects), ("array", SchemaKeywords.Arrays), ("string", SchemaKeywords.Strings), ("number", SchemaKeywords.Numbers)])
        {
            if (keywords.Any(about.Contains))
            {
                types.Add(type);
            }
        }
        return [.. types];
    }

    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetDecimal(out decimal number) && decimal.IsInteger(number) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    /// <exception cref="JsonSchemaException">A bound is no number.</exception>
    public static NumberBounds Bounds(JsonElement schema, string path)
    {
        decimal? least = SchemaKeywords.Number(schema, "minimum", path);
        decimal? above = SchemaKeywords.Number(schema, "exclusiveMinimum", path);
        decimal? most = SchemaKeywords.Number(schema, "maximum", path);
        decimal? below = SchemaKeywords.Number(schema, "exclusiveMaximum", path);
        bool leastExcluded = above is not null && (least is null || above >= least);
        bool mostExcluded = below is not null && (most is null || below <= most);
        return new NumberBounds(leastExcluded ? above : least, leastExcluded, mostExcluded ? below : most, mostExcluded);
    }
}
