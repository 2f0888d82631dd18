namespace Minilm.Gguf;

/// <summary>One row of the tensor table: what a tensor is called, how it is shaped, and where its bytes are.</summary>
public sealed class GgufTensorInfo
{
    private readonly long[] _dimensions;

    internal GgufTensorInfo(string name, long[] dimensions, GgmlType type, long offset, long elementCount, long byteSize)
    {
        _dimensions = dimensions;
        Name = name;
        Type = type;
        Offset = offset;
        ElementCount = elementCount;
        ByteSize = byteSize;
    }

    /// <summary>Gets the name, such as <c>blk.0.attn_q.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the sizes of the dimensions in elements, the contiguous one first; empty for a single value.</summary>
    public IReadOnlyList<long> Dimensions => _dimensions;

    /// <summary>Gets the type of the elements.</summary>
    public GgmlType Type { get; }

    /// <summary>Gets the position in bytes from <see cref="GgufFile.DataOffset"/>.</summary>
    public long Offset { get; }

    /// <summary>Gets the number of elements.</summary>
    public long ElementCount { get; }

    /// <summary>Gets the size in bytes, without padding.</summary>
    public long ByteSize { get; }

    /// <summary>Returns the name, the type and the shape, such as <c>output.weight Q8_0 [512 x 32000]</c>.</summary>
    /// <returns>A short text.</returns>
    public override string ToString() => $"{Name} {Type} [{string.Join(" x ", _dimensions)}]";
}
