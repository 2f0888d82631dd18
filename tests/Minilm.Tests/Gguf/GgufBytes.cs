using System.Text;

namespace Minilm.Tests.Gguf;

/// <summary>
/// Puts a small GGUF file together field by field, independently of the writer, so that any one of them can be wrong.
/// </summary>
internal sealed class GgufBytes
{
    public byte[] Magic { get; set; } = "GGUF"u8.ToArray();

    public uint Version { get; set; } = 3;

    public ulong? TensorCount { get; set; }

    public ulong? MetadataCount { get; set; }

    public int Alignment { get; set; } = 32;

    public List<byte[]> Metadata { get; } =
    [
        Entry("general.architecture", 8, Text("llama")),
        Entry("general.alignment", 4, U32(32)),
        Entry("a.flag", 7, [1]),
        Entry("a.list", 9, [.. U32(8), .. U64(2), .. Text("one"), .. Text("two")]),
    ];

    public List<byte[]> Tensors { get; } =
    [
        Tensor("first", [32, 2], 0, 0),
        Tensor("second", [32], 8, 256),
    ];

    public int DataBytes { get; set; } = 256 + 34;

    public static byte[] U32(uint value) => BitConverter.GetBytes(value);

    public static byte[] U64(ulong value) => BitConverter.GetBytes(value);

    public static byte[] Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public static byte[] Text(byte[] text) => [.. U64((ulong)text.Length), .. text];

    public static byte[] Entry(string key, uint type, byte[] value) => Entry(Text(key), type, value);

    public static byte[] Entry(byte[] key, uint type, byte[] value) => [.. key, .. U32(type), .. value];

    public static byte[] Tensor(string name, ulong[] dimensions, uint type, ulong offset) => Tensor(Text(name), dimensions, type, offset);

    public static byte[] Tensor(byte[] name, ulong[] dimensions, uint type, ulong offset) =>
        [.. name, .. U32((uint)dimensions.Length), .. dimensions.SelectMany(U64), .. U32(type), .. U64(offset)];

    public byte[] Build()
    {
        byte[] head =
        [
            .. Magic,
            .. U32(Version),
            .. U64(TensorCount ?? (ulong)Tensors.Count),
            .. U64(MetadataCount ?? (ulong)Metadata.Count),
            .. Metadata.SelectMany(entry => entry),
            .. Tensors.SelectMany(entry => entry),
        ];
        int padding = (Alignment - (head.Length % Alignment)) % Alignment;
        return [.. head, .. new byte[padding], .. new byte[DataBytes]];
    }
}
