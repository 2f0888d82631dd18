using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Minilm.Gguf;

/// <summary>One value of the metadata, with its type and its place in the file.</summary>
public sealed class GgufValue
{
    // Integers are kept as 64 bits (signed ones sign-extended), floating-point numbers as the bits of a double.
    private readonly ulong _bits;
    private readonly object? _object;

    internal GgufValue(GgufValueType type, long byteOffset, ulong bits)
    {
        Type = type;
        ByteOffset = byteOffset;
        _bits = bits;
    }

    internal GgufValue(long byteOffset, string text)
    {
        Type = GgufValueType.String;
        ByteOffset = byteOffset;
        _object = text;
    }

    internal GgufValue(long byteOffset, GgufArray array)
    {
        Type = GgufValueType.Array;
        ByteOffset = byteOffset;
        _object = array;
    }

    /// <summary>Gets the type that the file states.</summary>
    public GgufValueType Type { get; }

    /// <summary>Gets the position of the value (after its type) in bytes from the start of the file.</summary>
    public long ByteOffset { get; }

    /// <summary>Gets the value as a string.</summary>
    /// <param name="value">The string, or <see langword="null"/>.</param>
    /// <returns><see langword="true"/> if the type is <see cref="GgufValueType.String"/>.</returns>
    public bool TryGetString([NotNullWhen(true)] out string? value) => (value = _object as string) is not null;

    /// <summary>Gets the value as an array.</summary>
    /// <param name="value">The array, or <see langword="null"/>.</param>
    /// <returns><see langword="true"/> if the type is <see cref="GgufValueType.Array"/>.</returns>
    public bool TryGetArray([NotNullWhen(true)] out GgufArray? value) => (value = _object as GgufArray) is not null;

    /// <summary>Gets the value as a boolean.</summary>
    /// <param name="value">The boolean, or <see langword="false"/>.</param>
    /// <returns><see langword="true"/> if the type is <see cref="GgufValueType.Boolean"/>.</returns>
    public bool TryGetBoolean(out bool value)
    {
        value = Type == GgufValueType.Boolean && _bits != 0;
        return Type == GgufValueType.Boolean;
    }

    /// <summary>Gets the value of any integer type, or a boolean as 0 or 1, as a signed integer.</summary>
    /// <param name="value">The integer, or 0.</param>
    /// <returns><see langword="true"/> if the type is an integer or a boolean and the value fits.</returns>
    public bool TryGetInt64(out long value)
    {
        bool fits = IsInteger && (Type != GgufValueType.UInt64 || _bits <= long.MaxValue);
        value = fits ? (long)_bits : 0;
        return fits;
    }

    /// <summary>Gets the value of any integer type as an unsigned integer of 32 bits.</summary>
    /// <param name="value">The integer, or 0.</param>
    /// <returns><see langword="true"/> if the type is an integer and the value fits.</returns>
    public bool TryGetUInt32(out uint value)
    {
        bool fits = TryGetInt64(out long wide) && wide is >= 0 and <= uint.MaxValue;
        value = fits ? (uint)wide : 0;
        return fits;
    }

    /// <summary>Gets the value of any number type as a floating-point number.</summary>
    /// <param name="value">The number, or 0.</param>
    /// <returns><see langword="true"/> if the type is a number.</returns>
    public bool TryGetDouble(out double value)
    {
        value = Type switch
        {
            GgufValueType.Float32 or GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(_bits),
            GgufValueType.UInt64 => _bits,
            _ => (long)_bits,
        };
        return IsInteger || Type is GgufValueType.Float32 or GgufValueType.Float64;
    }

    /// <summary>Returns the value as text, independent of the culture; an array as its type and length.</summary>
    /// <returns>A text of any length.</returns>
    public override string ToString() => Type switch
    {
        GgufValueType.String or GgufValueType.Array => _object!.ToString()!,
        GgufValueType.Boolean => _bits != 0 ? "true" : "false",
        GgufValueType.Float32 => ((float)BitConverter.UInt64BitsToDouble(_bits)).ToString(CultureInfo.InvariantCulture),
        GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(_bits).ToString(CultureInfo.InvariantCulture),
        GgufValueType.UInt64 => _bits.ToString(CultureInfo.InvariantCulture),
        _ => ((long)_bits).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Decodes a value of fixed size from the start of a span.</summary>
    internal static GgufValue Decode(GgufValueType type, ReadOnlySpan<byte> bytes, long byteOffset) => new(type, byteOffset, type switch
    {
        GgufValueType.UInt8 or GgufValueType.Boolean => bytes[0],
        GgufValueType.Int8 => (ulong)(sbyte)bytes[0],
        GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        GgufValueType.Int16 => (ulong)BinaryPrimitives.ReadInt16LittleEndian(bytes),
        GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        GgufValueType.Int32 => (ulong)BinaryPrimitives.ReadInt32LittleEndian(bytes),
        GgufValueType.Float32 => BitConverter.DoubleToUInt64Bits(BinaryPrimitives.ReadSingleLittleEndian(bytes)),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
    });

    /// <summary>Writes a value of fixed size as the file holds it.</summary>
    internal void Encode(Span<byte> bytes)
    {
        switch (GgufValueTypes.SizeOf(Type))
        {
            case 1: bytes[0] = (byte)_bits; break;
            case 2: BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)_bits); break;
            case 4 when Type == GgufValueType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)BitConverter.UInt64BitsToDouble(_bits));
                break;
            case 4: BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)_bits); break;
            default: BinaryPrimitives.WriteUInt64LittleEndian(bytes, _bits); break;
        }
    }

    private bool IsInteger => Type is not (GgufValueType.Float32 or GgufValueType.Float64 or GgufValueType.String or GgufValueType.Array);
}
