using System.Buffers.Binary;

namespace Minilm.Gguf;

/// <summary>
/// Turns 32-bit numbers into the bytes of a tensor, for the types that generated models and small tools need.
/// The block layouts are those of <c>ggml-common.h</c>.
/// </summary>
internal static class GgmlQuantizer
{
    private const int BlockSize = 32;

    public static bool Supports(GgmlType type) => type is GgmlType.F32 or GgmlType.F16 or GgmlType.Q8_0 or GgmlType.Q4_0;

    /// <summary>Encodes whole blocks; the sizes have been checked by the caller.</summary>
    public static void Encode(GgmlType type, ReadOnlySpan<float> values, Span<byte> bytes)
    {
        int step = GgmlTypes.BlockSize(type);
        int size = GgmlTypes.BlockBytes(type);
        for (; !values.IsEmpty; values = values[step..], bytes = bytes[size..])
        {
            switch (type)
            {
                case GgmlType.F32: BinaryPrimitives.WriteSingleLittleEndian(bytes, values[0]); break;
                case GgmlType.F16: BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)values[0]); break;
                case GgmlType.Q8_0: EncodeQ8(values[..BlockSize], bytes); break;
                default: EncodeQ4(values[..BlockSize], bytes); break;
            }
        }
    }

    /// <summary>A scale of 16 bits, then one signed byte per element.</summary>
    private static void EncodeQ8(ReadOnlySpan<float> block, Span<byte> bytes)
    {
        float largest = 0;
        foreach (float value in block)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        float scale = largest / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)scale);
        for (int i = 0; i < BlockSize; i++)
        {
            bytes[2 + i] = (byte)(sbyte)MathF.Round(block[i] * inverse, MidpointRounding.AwayFromZero);
        }
    }

    /// <summary>A scale of 16 bits, then two elements per byte: the first half of the block in the low nibbles.</summary>
    private static void EncodeQ4(ReadOnlySpan<float> block, Span<byte> bytes)
    {
        float extreme = 0;
        foreach (float value in block)
        {
            extreme = MathF.Abs(value) > MathF.Abs(extreme) ? value : extreme;
        }

        // Nibbles stand for -8 to 7: the extreme value becomes -8 exactly, whatever its sign.
        float scale = extreme / -8;
        float inverse = scale == 0 ? 0 : 1 / scale;
        BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)scale);
        for (int i = 0; i < BlockSize / 2; i++)
        {
            bytes[2 + i] = (byte)(Nibble(block[i] * inverse) | (Nibble(block[i + (BlockSize / 2)] * inverse) << 4));
        }
    }

    private static int Nibble(float scaled) => Math.Clamp((int)MathF.Floor(scaled + 8.5f), 0, 15);
}
