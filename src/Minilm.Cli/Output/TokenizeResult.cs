using System.Text.Json;
using System.Text.Json.Serialization;

namespace Minilm.Cli.Output;

/// <summary>What <c>tokenize --json</c> prints.</summary>
/// <param name="Tokens">The ids.</param>
/// <param name="Pieces">The bytes that each id stands for; only with <c>--pieces</c>.</param>
internal sealed record TokenizeResult(
    int[] Tokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Piece[]? Pieces);

/// <summary>The bytes of one token, which may be a part of a character only.</summary>
internal readonly record struct Piece(byte[] Utf8);

/// <summary>Writes a piece as a string, or as an array of byte values where it is not UTF-8, as llama-server does.</summary>
internal sealed class PieceConverter : JsonConverter<Piece>
{
    public override Piece Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("pieces are only written");

    public override void Write(Utf8JsonWriter writer, Piece value, JsonSerializerOptions options)
    {
        if (System.Text.Unicode.Utf8.IsValid(value.Utf8))
        {
            writer.WriteStringValue(value.Utf8);
            return;
        }
        writer.WriteStartArray();
        foreach (byte b in value.Utf8)
        {
            writer.WriteNumberValue(b);
        }
        writer.WriteEndArray();
    }
}
