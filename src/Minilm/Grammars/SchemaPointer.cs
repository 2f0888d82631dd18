using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Minilm.Grammars;

/// <summary>Finds and copies parts of a schema's document.</summary>
internal static class SchemaPointer
{
    /// <summary>Gets the schema of any value.</summary>
    public static JsonElement AnyValue { get; } = JsonElement.Parse("true");

    public static string Escaped(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <exception cref="JsonSchemaException">There is nothing, or it is outside the document.</exception>
    public static JsonElement Resolve(JsonElement document, string pointer, string path)
    {
        if (pointer != "#" && !pointer.StartsWith("#/", StringComparison.Ordinal))
        {
            throw JsonSchemaException.At(path, "$ref", $"is '{pointer}'; only places in the same document are supported, such as '#/$defs/name'.");
        }
        JsonElement place = document;
        foreach (string part in pointer.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            place = place.ValueKind switch
            {
                JsonValueKind.Object when place.TryGetProperty(name, out JsonElement member) => member,
                JsonValueKind.Array when int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int index) && index < place.GetArrayLength() => place[index],
                _ => throw JsonSchemaException.At(path, "$ref", $"is '{pointer}', and there is nothing."),
            };
        }
        return place;
    }

    public static JsonElement Without(JsonElement schema, params ReadOnlySpan<string> keywords)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (JsonProperty property in schema.EnumerateObject())
            {
                if (!keywords.Contains(property.Name))
                {
                    property.WriteTo(writer);
                }
            }
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    /// <summary>Writes a value without white space, escaped no more than JSON asks for.</summary>
    public static string Minified(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            value.WriteTo(writer);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
