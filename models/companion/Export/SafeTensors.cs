using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Minilm.Companion.Export;

/// <summary>Reads Hugging Face's safetensors: a length, a header of JSON, raw values in little-endian order.</summary>
internal sealed class SafeTensors
{
    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private SafeTensors(string path)
    {
        _bytes = File.ReadAllBytes(path);
        int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(_bytes));
        _start = 8 + length;
        using JsonDocument header = JsonDocument.Parse(_bytes.AsMemory(8, length));
        foreach (JsonProperty property in header.RootElement.EnumerateObject())
        {
            JsonElement offsets = property.Value.GetProperty("data_offsets");
            _entries.Add(property.Name, new Entry(
                [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())],
                offsets[0].GetInt32(),
                offsets[1].GetInt32() - offsets[0].GetInt32()));
        }
    }

    private sealed record Entry(long[] Shape, int Offset, int Length);

    public IReadOnlyCollection<string> Names => _entries.Keys;

    public static SafeTensors Read(string path) => new(path);

    /// <summary>Gets the sizes as PyTorch has them, the slowest first.</summary>
    public IReadOnlyList<long> Shape(string name) => _entries[name].Shape;

    public T[] Values<T>(string name)
        where T : struct =>
        MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(_start + _entries[name].Offset, _entries[name].Length)).ToArray();
}
