using System.Text.Json;

namespace Minilm.Abstractions;

/// <summary>Reads JSON and refuses objects that have a property twice.</summary>
internal static class StrictJson
{
#if NET10_0_OR_GREATER
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <exception cref="JsonException">It is not JSON, or a property is there twice.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8Json) => JsonDocument.Parse(utf8Json, Options);

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte})"/>
    public static JsonDocument Parse(string json) => JsonDocument.Parse(json, Options);
#else
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8Json) => Checked(JsonDocument.Parse(utf8Json));

    public static JsonDocument Parse(string json) => Checked(JsonDocument.Parse(json));

    private static JsonDocument Checked(JsonDocument document)
    {
        try
        {
            Check(document.RootElement);
            return document;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private static void Check(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
            {
                Check(item);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (JsonProperty property in element.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    throw new JsonException($"Duplicate property '{property.Name}' encountered during deserialization.");
                }
                Check(property.Value);
            }
        }
    }
#endif
}
