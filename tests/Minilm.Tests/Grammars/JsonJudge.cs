using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Minilm.Tests.Grammars;

/// <summary>Says whether a value is valid under a schema, for the keywords that the grammars support. JsonSchema.Net, the judge one would want, is not served with its dependencies, nor under an open licence.</summary>
internal sealed class JsonJudge(JsonElement document)
{
    public static string? Problem(string schema, string text)
    {
        using JsonDocument document = JsonDocument.Parse(schema);
        try
        {
            using JsonDocument value = JsonDocument.Parse(text);
            return new JsonJudge(document.RootElement).Problem(document.RootElement, value.RootElement);
        }
        catch (JsonException problem)
        {
            return problem.Message;
        }
    }

    private string? Problem(JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return schema.ValueKind == JsonValueKind.True ? null : "false";
        }
        return schema.EnumerateObject().Select(keyword => Problem(schema, keyword, value)).FirstOrDefault(problem => problem is not null);
    }

    private string? Problem(JsonElement schema, JsonProperty keyword, JsonElement value)
    {
        JsonElement limit = keyword.Value;
        bool valid = keyword.Name switch
        {
            "type" => limit.ValueKind == JsonValueKind.Array ? limit.EnumerateArray().Any(type => IsOf(type.GetString()!, value)) : IsOf(limit.GetString()!, value),
            "enum" => limit.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
            "const" => JsonElement.DeepEquals(limit, value),
            "anyOf" => limit.EnumerateArray().Any(one => Problem(one, value) is null),
            "oneOf" => limit.EnumerateArray().Count(one => Problem(one, value) is null) == 1,
            "allOf" => limit.EnumerateArray().All(one => Problem(one, value) is null),
            "$ref" => Problem(Target(limit.GetString()!), value) is null,
            "properties" => value.ValueKind != JsonValueKind.Object || limit.EnumerateObject().All(one => !value.TryGetProperty(one.Name, out JsonElement member) || Problem(one.Value, member) is null),
            "required" => value.ValueKind != JsonValueKind.Object || limit.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
            "additionalProperties" => value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Where(member => !schema.TryGetProperty("properties", out JsonElement listed) || !listed.TryGetProperty(member.Name, out _)).All(member => Problem(limit, member.Value) is null),
            "items" => value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Skip(schema.TryGetProperty("prefixItems", out JsonElement prefix) ? prefix.GetArrayLength() : 0).All(item => Problem(limit, item) is null),
            "prefixItems" => value.ValueKind != JsonValueKind.Array || limit.EnumerateArray().Zip(value.EnumerateArray()).All(pair => Problem(pair.First, pair.Second) is null),
            "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= limit.GetInt32(),
            "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= limit.GetInt32(),
            "minLength" => value.ValueKind != JsonValueKind.String || Length(value) >= limit.GetInt32(),
            "maxLength" => value.ValueKind != JsonValueKind.String || Length(value) <= limit.GetInt32(),
            "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, limit.GetString()!, RegexOptions.CultureInvariant | RegexOptions.ECMAScript, TimeSpan.FromSeconds(1)),
            "format" => value.ValueKind != JsonValueKind.String || IsFormat(limit.GetString()!, value.GetString()!),
            "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= limit.GetDecimal(),
            "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= limit.GetDecimal(),
            "exclusiveMinimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() > limit.GetDecimal(),
            "exclusiveMaximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() < limit.GetDecimal(),
            "$defs" or "title" => true,
            _ => throw new NotSupportedException(keyword.Name),
        };
        return valid ? null : $"{value.GetRawText()} is not valid under {keyword.Name}: {limit.GetRawText()}";
    }

    private JsonElement Target(string pointer) => pointer.Split('/').Skip(1).Aggregate(document, (place, name) => place.GetProperty(name));

    private static bool IsOf(string type, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && decimal.IsInteger(value.GetDecimal())),
        JsonValueKind.Null => type == "null",
        _ => type == "boolean",
    };

    private static bool IsFormat(string format, string text) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", out _),
        "date-time" => DateTimeOffset.TryParse(text, out _) && text[10] == 'T',
        "time" => DateTimeOffset.TryParse("2000-01-01T" + text, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        _ => throw new NotSupportedException(format),
    };

    private static int Length(JsonElement value) => value.GetString()!.EnumerateRunes().Count();
}
