using System.Buffers.Binary;
using System.Text;

namespace Minilm.Gguf;

/// <summary>
/// An array in the metadata. Its elements stay in the file until they are asked for: the vocabulary of a large
/// model has some hundred thousand strings that most callers never look at.
/// </summary>
public sealed class GgufArray
{
    /// <summary>Arrays up to this size are kept, so that the facts of a model need no second look at the file.</summary>
    internal const int KeptBytes = 4096;

    private readonly GgufOrigin _origin;
    private readonly string _key;
    private readonly byte[]? _kept;

    internal GgufArray(GgufOrigin origin, string key, GgufValueType elementType, long count, long byteOffset, long byteLength, byte[]? kept)
    {
        _origin = origin;
        _key = key;
        _kept = kept;
        ElementType = elementType;
        Count = count;
        ByteOffset = byteOffset;
        ByteLength = byteLength;
    }

    /// <summary>Gets the type of the elements; never <see cref="GgufValueType.Array"/>, which native code does not read.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>Gets the number of elements.</summary>
    public long Count { get; }

    /// <summary>Gets the position of the first element in bytes from the start of the file.</summary>
    public long ByteOffset { get; }

    /// <summary>Gets the size of all elements in bytes, with the lengths that precede strings.</summary>
    public long ByteLength { get; }

    /// <summary>Reads the elements of an array of strings; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <returns>A new array of <see cref="Count"/> strings.</returns>
    /// <exception cref="InvalidOperationException">The elements are not strings.</exception>
    /// <exception cref="GgufException">The file has changed since it was first read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string[] ReadStrings()
    {
        string[] strings = new string[Count];
        int i = 0;
        foreach (ReadOnlyMemory<byte> text in ReadByteStrings())
        {
            strings[i++] = Encoding.UTF8.GetString(text.Span);
        }

        return strings;
    }

    /// <summary>Reads the elements of an array of integers or booleans.</summary>
    /// <returns>A new array of <see cref="Count"/> numbers.</returns>
    /// <exception cref="InvalidOperationException">The elements are not integers, or one is above <see cref="long.MaxValue"/>.</exception>
    /// <exception cref="GgufException">The file has changed since it was first read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public long[] ReadIntegers()
    {
        byte[] bytes = ReadBytes();
        long[] values = new long[Count];
        int size = GgufValueTypes.SizeOf(ElementType);
        for (int i = 0; i < values.Length; i++)
        {
            GgufValue element = GgufValue.Decode(ElementType, bytes.AsSpan(i * size), ByteOffset + (long)i * size);
            values[i] = element.TryGetInt64(out long value) ? value : throw Unlike("integers");
        }

        return values;
    }

    /// <summary>Reads the elements of an array of numbers as floating-point numbers.</summary>
    /// <returns>A new array of <see cref="Count"/> numbers.</returns>
    /// <exception cref="InvalidOperationException">The elements are not numbers.</exception>
    /// <exception cref="GgufException">The file has changed since it was first read.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public double[] ReadNumbers()
    {
        byte[] bytes = ReadBytes();
        double[] values = new double[Count];
        int size = GgufValueTypes.SizeOf(ElementType);
        for (int i = 0; i < values.Length; i++)
        {
            GgufValue element = GgufValue.Decode(ElementType, bytes.AsSpan(i * size), ByteOffset + (long)i * size);
            values[i] = element.TryGetDouble(out double value) ? value : throw Unlike("numbers");
        }

        return values;
    }

    /// <summary>Returns the type and the number of the elements, such as <c>string[32000]</c>.</summary>
    /// <returns>A short text.</returns>
    public override string ToString() => $"{GgufValueTypes.NameOf(ElementType)}[{Count}]";

    /// <summary>All elements as they are in the file.</summary>
    internal byte[] ReadBytes()
    {
        if (_kept is not null)
        {
            return _kept;
        }

        if (ByteLength > Array.MaxLength)
        {
            throw _origin.Problems.At(_key, ByteOffset, $"an array of {ByteLength} bytes is more than can be read at once");
        }

        return _origin.Read(ByteOffset, cursor =>
        {
            byte[] bytes = new byte[ByteLength];
            cursor.ReadExactly(bytes, _key, "the array");
            return bytes;
        });
    }

    /// <summary>The bytes of each string, as slices of one block of memory.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> ReadByteStrings()
    {
        if (ElementType != GgufValueType.String)
        {
            throw Unlike("strings");
        }

        return Slices(ReadBytes());
    }

    private IEnumerable<ReadOnlyMemory<byte>> Slices(byte[] bytes)
    {
        int position = 0;
        for (long i = 0; i < Count; i++)
        {
            ulong length = bytes.Length - position < 8 ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(position));
            position += 8;
            if (length > (ulong)Math.Max(0, bytes.Length - position))
            {
                throw _origin.Problems.At(_key, ByteOffset + position, $"string {i} does not end within the array: the file has changed since it was read");
            }

            yield return bytes.AsMemory(position, (int)length);
            position += (int)length;
        }
    }

    private InvalidOperationException Unlike(string wanted) =>
        new($"'{_key}' is {this} and not an array of {wanted}.");
}
