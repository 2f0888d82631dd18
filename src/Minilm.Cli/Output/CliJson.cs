using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Minilm.Dialog;

namespace Minilm.Cli.Output;

/// <summary>Writes results as JSON: one line, snake_case, characters of all languages as they are, no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(FinishReasonConverter), typeof(DeviceTypeConverter), typeof(DialogOutcomeConverter), typeof(IntegrationVerdictConverter), typeof(PieceConverter)])]
[JsonSerializable(typeof(CompletionResult))]
[JsonSerializable(typeof(InfoResult))]
[JsonSerializable(typeof(TokenizeResult))]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(ChatResult))]
[JsonSerializable(typeof(PerplexityOutput))]
[JsonSerializable(typeof(ChatStats))]
[JsonSerializable(typeof(IntegrationSummary))]
[JsonSerializable(typeof(QuantizeResult))]
[JsonSerializable(typeof(EmbedResult))]
[JsonSerializable(typeof(EmbedTokensResult))]
internal sealed partial class CliJson : JsonSerializerContext
{
    public static string Serialize<T>(T value, JsonTypeInfo<T> type)
    {
        using MemoryStream bytes = new();
        // Relaxed means: not escaped for HTML. Quotes and control characters still are, and unpaired surrogates are replaced.
        using (Utf8JsonWriter writer = new(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(writer, value, type);
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}

/// <summary>Spells finish reasons in lower case.</summary>
internal sealed class FinishReasonConverter() : JsonStringEnumConverter<FinishReason>(JsonNamingPolicy.SnakeCaseLower);

/// <summary>Spells what became of a backend in snake_case.</summary>
internal sealed class DialogOutcomeConverter() : JsonStringEnumConverter<DialogOutcome>(JsonNamingPolicy.SnakeCaseLower);

/// <summary>Spells kinds of devices in snake_case.</summary>
internal sealed class DeviceTypeConverter() : JsonStringEnumConverter<NativeDeviceType>(JsonNamingPolicy.SnakeCaseLower);
