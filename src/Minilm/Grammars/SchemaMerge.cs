using System.Buffers;
using System.Text.Json;

namespace Minilm.Grammars;

/// <summary>Makes one schema of several that hold together, where that is trivial.</summary>
internal static class SchemaMerge
{
    /// <exception cref="JsonSchemaException">Two of them say different things by the same keyword.</exception>
    public static JsonElement Merge(IReadOnlyList<JsonElement> parts, string path)
    {
        RequireOpen(parts, path);
        var keywords = new Dictionary<string, List<JsonElement>>(StringComparer.Ordinal);
        foreach (JsonProperty property in parts.SelectMany(part => part.EnumerateObject()).Where(property => !SchemaKeywords.IsAnnotation(property.Name)))
        {
            if (!keywords.TryGetValue(property.Name, out List<JsonElement>? values))
            {
                keywords.Add(property.Name, values = []);
            }
            if (!values.Exists(value => JsonElement.DeepEquals(value, property.Value)))
            {
                values.Add(property.Value);
            }
        }
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach ((string keyword, List<JsonElement> values) in keywords)
            {
                writer.WritePropertyName(keyword);
                Write(writer, keyword, values, path);
            }
            writer.WriteEndObject();
        }
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter writer, string keyword, List<JsonElement> values, string path)
    {
        if (values.Count == 1)
        {
            values[0].WriteTo(writer);
            return;
        }
        switch (keyword)
        {
            case "properties" when values.TrueForAll(value => value.ValueKind == JsonValueKind.Object):
                WriteProperties(writer, values, path);
                break;
            case "required" when values.TrueForAll(value => value.ValueKind == JsonValueKind.Array):
                writer.WriteStartArray();
                foreach (string? name in values.SelectMany(value => value.EnumerateArray()).Select(name => name.ToString()).Distinct(StringComparer.Ordinal))
                {
                    writer.WriteStringValue(name);
                }
                writer.WriteEndArray();
                break;
            case "minLength" or "minItems" or "minimum" or "exclusiveMinimum" when values.TrueForAll(IsDecimal):
                writer.WriteNumberValue(values.Max(value => value.GetDecimal()));
                break;
            case "maxLength" or "maxItems" or "maximum" or "exclusiveMaximum" when values.TrueForAll(IsDecimal):
                writer.WriteNumberValue(values.Min(value => value.GetDecimal()));
                break;
            default:
                throw JsonSchemaException.At(path, keyword, "is stated differently by schemas that hold together (allOf, or beside $ref, anyOf or oneOf). Write one schema that says both.");
        }
    }

    private static void WriteProperties(Utf8JsonWriter writer, List<JsonElement> values, string path)
    {
        var written = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        writer.WriteStartObject();
        foreach (JsonProperty property in values.SelectMany(value => value.EnumerateObject()))
        {
            if (written.TryAdd(property.Name, property.Value))
            {
                property.WriteTo(writer);
            }
            else if (!JsonElement.DeepEquals(written[property.Name], property.Value))
            {
                throw JsonSchemaException.At(path, "properties", $"has '{property.Name}' in two ways in schemas that hold together. Write one schema that says both.");
            }
        }
        writer.WriteEndObject();
    }

    /// <summary>A schema that closes its object would refuse the properties of the others.</summary>
    private static void RequireOpen(IReadOnlyList<JsonElement> parts, string path)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            bool closes = parts[i].TryGetProperty("additionalProperties", out JsonElement additional) && additional.ValueKind != JsonValueKind.True;
            if (closes && parts.Where((other, j) => j != i && other.TryGetProperty("properties", out _)).Any())
            {
                throw JsonSchemaException.At(path, "additionalProperties", "closes an object that another schema adds properties to (allOf, or beside $ref, anyOf or oneOf). Remove it, or write one schema.");
            }
        }
    }

    private static bool IsDecimal(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out _);
}
