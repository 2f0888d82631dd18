using System.Numerics;
using System.Text;

namespace Minilm.Gguf;

/// <summary>
/// Writes a GGUF file of version 3. Metadata and tensors are declared first, in the order in which they are to be
/// written; the tensors' bytes are asked for one tensor at a time while the file is written, so that a model need
/// never be in memory as a whole.
/// </summary>
public sealed class GgufWriter
{
    private const string AlignmentKey = "general.alignment";
    private const int MaxNameBytes = 63;

    private readonly uint _alignment;
    private readonly Dictionary<string, Action<GgufStreamWriter>> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Initializes a writer without metadata and tensors.</summary>
    /// <param name="alignment">The alignment of the tensors in bytes; another than 32 is stated in the metadata.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alignment"/> is not a power of two.</exception>
    public GgufWriter(int alignment = 32)
    {
        _alignment = BitOperations.IsPow2(alignment)
            ? (uint)alignment
            : throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "The alignment must be a power of two.");
        if (alignment != 32)
        {
            Declare(AlignmentKey, GgufValueType.UInt32, writer => writer.WriteNumber(_alignment));
        }
    }

    /// <summary>Adds a string.</summary>
    /// <param name="key">The key, by convention dotted lower case.</param>
    /// <param name="value">The string.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty, too long, or already there.</exception>
    public GgufWriter Add(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Declare(key, GgufValueType.String, writer => writer.WriteText(value));
    }

    /// <summary>Adds a number or a boolean. The type of <paramref name="value"/> is the type in the file, and llama.cpp is strict: most counts must be <see cref="uint"/>.</summary>
    /// <typeparam name="T">A number type of 8 to 64 bits, or <see cref="bool"/>.</typeparam>
    /// <param name="key">The key, by convention dotted lower case.</param>
    /// <param name="value">The value.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty, too long, or already there.</exception>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public GgufWriter Add<T>(string key, T value)
        where T : unmanaged => Declare(key, GgufElement.TypeOf<T>(), writer => writer.WriteNumber(value));

    /// <summary>Adds an array of numbers or booleans.</summary>
    /// <typeparam name="T">A number type of 8 to 64 bits, or <see cref="bool"/>.</typeparam>
    /// <param name="key">The key, by convention dotted lower case.</param>
    /// <param name="values">The elements; they are not copied before the file is written.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty, too long, or already there.</exception>
    /// <exception cref="NotSupportedException">The format has no such type.</exception>
    public GgufWriter AddArray<T>(string key, T[] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        GgufValueType type = GgufElement.TypeOf<T>();
        return Declare(key, GgufValueType.Array, writer =>
        {
            writer.WriteArrayHead(type, values.LongLength);
            writer.WriteNumbers<T>(values);
        });
    }

    /// <summary>Adds an array of strings.</summary>
    /// <param name="key">The key, by convention dotted lower case.</param>
    /// <param name="values">The elements; they are not copied before the file is written.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty, too long, or already there.</exception>
    public GgufWriter AddArray(string key, IReadOnlyCollection<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Declare(key, GgufValueType.Array, writer =>
        {
            writer.WriteArrayHead(GgufValueType.String, values.Count);
            foreach (string value in values)
            {
                writer.WriteText(value);
            }
        });
    }

    /// <summary>Adds a value of another file as it is there, byte for byte.</summary>
    /// <param name="key">The key, by convention dotted lower case.</param>
    /// <param name="value">The value; its file must still be readable when this one is written.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty, too long, or already there.</exception>
    public GgufWriter Add(string key, GgufValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Declare(key, value.Type, writer => writer.WriteValue(value));
    }

    /// <summary>Adds a tensor whose bytes are written when they are asked for.</summary>
    /// <param name="name">The name, at most 63 bytes of UTF-8.</param>
    /// <param name="type">The type of the elements.</param>
    /// <param name="dimensions">Up to 4 sizes in elements, the contiguous one first.</param>
    /// <param name="write">Writes all bytes of the tensor; it may be called more than once.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="name"/> is empty, too long or already there, or the dimensions do not fit the type.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a type of <see cref="GgmlTypes"/>.</exception>
    public GgufWriter AddTensor(string name, GgmlType type, ReadOnlySpan<long> dimensions, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(write);
        if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
        {
            throw new ArgumentException($"The tensor name '{name}' is longer than {MaxNameBytes} bytes.", nameof(name));
        }

        Tensor tensor = new(name, type, dimensions.ToArray(), SizeOf(name, type, dimensions), write);
        return _tensors.TryAdd(name, tensor) ? this : throw new ArgumentException($"There is already a tensor '{name}'.", nameof(name));
    }

    /// <summary>Adds a tensor whose bytes are there.</summary>
    /// <param name="name">The name, at most 63 bytes of UTF-8.</param>
    /// <param name="type">The type of the elements.</param>
    /// <param name="dimensions">Up to 4 sizes in elements, the contiguous one first.</param>
    /// <param name="data">All bytes of the tensor.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="name"/> is empty, too long or already there, or the dimensions do not fit the type or the data.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a type of <see cref="GgmlTypes"/>.</exception>
    public GgufWriter AddTensor(string name, GgmlType type, ReadOnlySpan<long> dimensions, ReadOnlyMemory<byte> data)
    {
        CheckLength(nameof(data), SizeOf(name, type, dimensions), data.Length, "bytes");
        return AddTensor(name, type, dimensions, stream => stream.Write(data.Span));
    }

    /// <summary>Adds a tensor from numbers, which are rounded to the type.</summary>
    /// <param name="name">The name, at most 63 bytes of UTF-8.</param>
    /// <param name="type"><see cref="GgmlType.F32"/>, <see cref="GgmlType.F16"/>, <see cref="GgmlType.Q8_0"/> or <see cref="GgmlType.Q4_0"/>.</param>
    /// <param name="dimensions">Up to 4 sizes in elements, the contiguous one first.</param>
    /// <param name="values">All elements of the tensor.</param>
    /// <returns>This writer.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="name"/> is empty, too long or already there, or the dimensions do not fit the type or the values.
    /// </exception>
    /// <exception cref="NotSupportedException">Numbers cannot be rounded to this type here.</exception>
    public GgufWriter AddTensor(string name, GgmlType type, ReadOnlySpan<long> dimensions, ReadOnlyMemory<float> values)
    {
        if (!GgmlQuantizer.Supports(type))
        {
            throw new NotSupportedException($"Numbers cannot be rounded to {type} here: give the tensor's bytes, or use F32, F16, Q8_0 or Q4_0.");
        }

        long size = SizeOf(name, type, dimensions);
        CheckLength(nameof(values), size / GgmlTypes.BlockBytes(type) * GgmlTypes.BlockSize(type), values.Length, "elements");
        return AddTensor(name, type, dimensions, stream =>
        {
            byte[] bytes = new byte[size];
            GgmlQuantizer.Encode(type, values.Span, bytes);
            stream.Write(bytes);
        });
    }

    /// <summary>Writes the file. It appears under its name only when it is complete; an existing file is replaced.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="InvalidOperationException">A tensor wrote more or fewer bytes than it has.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string partial = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (FileStream file = new(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1))
            {
                Write(file);
            }

            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Writes the file to a stream, from its current position on.</summary>
    /// <param name="stream">A stream that can be written; it need not be able to seek, and is not disposed.</param>
    /// <exception cref="InvalidOperationException">A tensor wrote more or fewer bytes than it has.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using GgufStreamWriter writer = new(stream);
        writer.Write("GGUF"u8);
        writer.WriteNumber(3u);
        writer.WriteNumber((ulong)_tensors.Count);
        writer.WriteNumber((ulong)_metadata.Count);
        foreach (Action<GgufStreamWriter> write in _metadata.Values)
        {
            write(writer);
        }

        WriteTable(writer);
        foreach (Tensor tensor in _tensors.Values)
        {
            writer.Pad(_alignment);
            WriteData(writer, tensor);
            writer.Pad(_alignment);
        }

        writer.Flush();
    }

    private static void WriteData(GgufStreamWriter writer, Tensor tensor)
    {
        long start = writer.Position;
        tensor.Write(writer);
        long written = writer.Position - start;
        if (written != tensor.Size)
        {
            throw new InvalidOperationException($"Tensor '{tensor.Name}' has {tensor.Size} bytes, and {written} were written.");
        }
    }

    private static long SizeOf(string name, GgmlType type, ReadOnlySpan<long> dimensions)
    {
        int blockSize = GgmlTypes.BlockSize(type);
        long elements = 1;
        foreach (long dimension in dimensions)
        {
            elements = dimension > 0 ? checked(elements * dimension) : 0;
        }

        if (elements <= 0 || dimensions.Length is 0 or > 4 || dimensions[0] % blockSize != 0)
        {
            throw new ArgumentException($"Tensor '{name}' of type {type} cannot have the dimensions [{string.Join(" x ", dimensions.ToArray())}]: 1 to 4 positive sizes are needed, the first a multiple of {blockSize}.", nameof(dimensions));
        }

        return checked(elements / blockSize * GgmlTypes.BlockBytes(type));
    }

    private static void CheckLength(string parameter, long needed, long given, string unit)
    {
        if (needed != given)
        {
            throw new ArgumentException($"The dimensions need {needed} {unit}, and {given} are given.", parameter);
        }
    }

    private GgufWriter Declare(string key, GgufValueType type, Action<GgufStreamWriter> writeValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (Encoding.UTF8.GetByteCount(key) > ushort.MaxValue)
        {
            throw new ArgumentException("A metadata key is at most 65535 bytes long.", nameof(key));
        }

        bool added = _metadata.TryAdd(key, writer =>
        {
            writer.WriteText(key);
            writer.WriteNumber((uint)type);
            writeValue(writer);
        });
        return added ? this : throw new ArgumentException($"There is already metadata with the key '{key}'.", nameof(key));
    }

    private void WriteTable(GgufStreamWriter writer)
    {
        long offset = 0;
        foreach (Tensor tensor in _tensors.Values)
        {
            writer.WriteText(tensor.Name);
            writer.WriteNumber((uint)tensor.Dimensions.Length);
            writer.WriteNumbers<long>(tensor.Dimensions);
            writer.WriteNumber((uint)tensor.Type);
            writer.WriteNumber((ulong)offset);
            offset = GgufTensorTableReader.Align(offset + tensor.Size, _alignment);
        }
    }

    private sealed record Tensor(string Name, GgmlType Type, long[] Dimensions, long Size, Action<Stream> Write);
}
