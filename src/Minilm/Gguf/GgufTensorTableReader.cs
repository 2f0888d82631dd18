namespace Minilm.Gguf;

/// <summary>
/// Reads the tensor table and checks it as strictly as <c>gguf.cpp</c> does, which wants the tensors' bytes one
/// behind the other in the order of the table, each padded to the alignment.
/// </summary>
internal sealed class GgufTensorTableReader(GgufCursor cursor, GgufMetadataReader names, uint alignment)
{
    private const int MaxNameBytes = 63; // ggml.h, GGML_MAX_NAME less the terminating zero
    private const int MaxDimensions = 4; // ggml.h, GGML_MAX_DIMS

    private const string Refetch = "The file is damaged; fetch it again";

    private readonly List<GgufTensorInfo> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<long> _offsetFields = [];
    private long _expectedOffset;

    /// <summary>Reads the table; afterwards the cursor stands behind it, before the padding.</summary>
    public List<GgufTensorInfo> Read(long count)
    {
        for (long i = 0; i < count; i++)
        {
            ReadTensor(i);
        }

        return _tensors;
    }

    /// <summary>Checks that the bytes of every tensor lie within the file.</summary>
    public void CheckData(long dataOffset)
    {
        for (int i = 0; i < _tensors.Count; i++)
        {
            GgufTensorInfo tensor = _tensors[i];
            long end = dataOffset + tensor.Offset + tensor.ByteSize;
            if (end > cursor.Length)
            {
                throw cursor.Problems.At(tensor.Name, _offsetFields[i], $"the tensor's data ends at byte {end}, and the file ends at byte {cursor.Length}", "Was the download or the copy cut short? Fetch the file again");
            }
        }
    }

    private void ReadTensor(long index)
    {
        long at = cursor.Position;
        string name = names.ReadName($"tensor[{index}]", "the name of a tensor", MaxNameBytes);
        if (name.Length == 0)
        {
            throw cursor.Problems.At($"tensor[{index}]", at, "the name of a tensor is empty", Refetch);
        }

        if (!_names.Add(name))
        {
            throw cursor.Problems.At(name, at, "two tensors have the same name", "Whatever wrote the file is at fault; convert the model again");
        }

        long[] dimensions = ReadDimensions(name);
        GgmlType type = ReadType(name);
        (long elements, long bytes) = Measure(name, dimensions, type, at);
        long offset = ReadOffset(name);
        _tensors.Add(new GgufTensorInfo(name, dimensions, type, offset, elements, bytes));

        // Every size is below the file's length, so neither this sum nor the padding can overflow.
        _expectedOffset = Align(offset + bytes, alignment);
    }

    public static long Align(long offset, uint alignment) => (offset + alignment - 1) & ~(long)(alignment - 1);

    private long[] ReadDimensions(string name)
    {
        long at = cursor.Position;
        uint count = cursor.ReadUInt32(name, "the number of dimensions");
        if (count > MaxDimensions)
        {
            throw cursor.Problems.At(name, at, $"the tensor has {count} dimensions, and {MaxDimensions} are allowed", Refetch);
        }

        long[] dimensions = new long[count];
        for (int i = 0; i < dimensions.Length; i++)
        {
            at = cursor.Position;
            dimensions[i] = (long)cursor.ReadUInt64(name, "a dimension");
            if (dimensions[i] <= 0)
            {
                throw cursor.Problems.At(name, at, $"dimension {i} of the tensor is {dimensions[i]}, and must be positive", Refetch);
            }
        }

        return dimensions;
    }

    private GgmlType ReadType(string name)
    {
        long at = cursor.Position;
        GgmlType type = (GgmlType)(int)cursor.ReadUInt32(name, "the type of a tensor");
        return GgmlTypes.IsKnown(type)
            ? type
            : throw cursor.Problems.At(name, at, $"the tensor's type is {(int)type}, which is unknown or was removed from ggml", "The file is damaged, needs converting again, or needs a newer Minilm");
    }

    private (long Elements, long Bytes) Measure(string name, long[] dimensions, GgmlType type, long at)
    {
        long row = dimensions.Length == 0 ? 1 : dimensions[0];
        int blockSize = GgmlTypes.BlockSize(type);
        if (row % blockSize != 0)
        {
            throw cursor.Problems.At(name, at, $"the tensor's rows have {row} elements, which is not a multiple of {blockSize}, the block size of {type}", Refetch);
        }

        Int128 elements = 1;
        foreach (long dimension in dimensions)
        {
            elements *= dimension;
            if (elements > long.MaxValue)
            {
                throw cursor.Problems.At(name, at, $"the dimensions {string.Join(" x ", dimensions)} of the tensor multiply to more elements than can be counted", Refetch);
            }
        }

        Int128 bytes = elements / blockSize * GgmlTypes.BlockBytes(type);
        return bytes <= cursor.Length
            ? ((long)elements, (long)bytes)
            : throw cursor.Problems.At(name, at, $"the tensor has {bytes} bytes of data, more than the whole file of {cursor.Length}", "Was the download or the copy cut short? Fetch the file again");
    }

    private long ReadOffset(string name)
    {
        long at = cursor.Position;
        ulong offset = cursor.ReadUInt64(name, "the offset of a tensor");
        _offsetFields.Add(at);
        if (offset == (ulong)_expectedOffset)
        {
            return _expectedOffset;
        }

        string problem = offset % alignment != 0 ? $"the tensor's offset {offset} is not a multiple of the alignment {alignment}"
            : offset > (ulong)cursor.Length ? $"the tensor's offset {offset} lies beyond the end of the file at {cursor.Length}"
            : offset < (ulong)_expectedOffset ? $"the tensor's offset {offset} overlaps the tensor before it, which ends at {_expectedOffset}"
            : $"the tensor's offset {offset} leaves a gap behind the tensor before it, which ends at {_expectedOffset}";
        throw cursor.Problems.At(name, at, problem, Refetch);
    }
}
