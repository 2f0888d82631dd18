using Minilm.Gguf;

namespace Minilm.Tests.Gguf;

public sealed class GgufWriterTests
{
    [Test]
    public void Write_gives_back_metadata_of_every_type()
    {
        GgufFile file = GgufFileTests.Read(AddEveryType);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Metadata.Select(entry => $"{entry.Key} {entry.Value.Type} {entry.Value}"), Is.EqualTo(new[]
            {
                "u8 UInt8 255",
                "i8 Int8 -128",
                "u16 UInt16 65535",
                "i16 Int16 -32768",
                "u32 UInt32 4294967295",
                "i32 Int32 -2147483648",
                "f32 Float32 0.1",
                "bool Boolean true",
                "no Boolean false",
                "string String Grüße 你好 😀",
                "u64 UInt64 18446744073709551615",
                "i64 Int64 -9223372036854775808",
                "f64 Float64 0.1",
                "numbers Array i16[3]",
                "long Array f64[2000]",
                "strings Array string[2]",
            }));
            Assert.That(file.GetArray("numbers").ReadIntegers(), Is.EqualTo([-1, 0, 1]));
            Assert.That(file.GetArray("long").ReadNumbers(), Is.EqualTo(Enumerable.Range(0, 2000)));
            Assert.That(file.GetArray("strings").ReadStrings(), Is.EqualTo(["", "😀"]));
        }
    }

    [Test]
    public void Write_copies_the_values_of_another_file_byte_for_byte()
    {
        byte[] original = Write(AddEveryType);
        GgufFile file = GgufFile.Read(new MemoryStream(original));

        byte[] copy = Write(writer =>
        {
            foreach ((string key, GgufValue value) in file.Metadata)
            {
                writer.Add(key, value);
            }
        });

        Assert.That(copy, Is.EqualTo(original));
    }

    [Test]
    public void Write_gives_back_tensors_and_aligns_them()
    {
        byte[] whole = Write(
            writer => writer
                .AddTensor("bytes", GgmlType.I8, [5], new byte[] { 1, 2, 3, 4, 5 })
                .AddTensor("floats", GgmlType.F32, [2, 2], new float[] { 1, -1, 0.5f, 2 })
                .AddTensor("halves", GgmlType.F16, [2], new float[] { 1, -2 })
                .AddTensor("streamed", GgmlType.I32, [1, 1, 2], stream => stream.Write([1, 0, 0, 0, 2, 0, 0, 0], 0, 8)),
            alignment: 64);
        GgufFile file = GgufFile.Read(new MemoryStream(whole));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Alignment, Is.EqualTo(64));
            Assert.That(file.Tensors.Select(tensor => tensor.Offset), Is.EqualTo([0, 64, 128, 192]));
            Assert.That(Data(whole, file, 0), Is.EqualTo(new byte[] { 1, 2, 3, 4, 5 }));
            Assert.That(Data(whole, file, 1).Chunk(4).Select(four => BitConverter.ToSingle(four)), Is.EqualTo([1, -1, 0.5f, 2]));
            Assert.That(Data(whole, file, 2).Chunk(2).Select(two => BitConverter.ToHalf(two)), Is.EqualTo([(Half)1, (Half)(-2)]));
            Assert.That(Data(whole, file, 3), Is.EqualTo(new byte[] { 1, 0, 0, 0, 2, 0, 0, 0 }));
            Assert.That(whole.Length % 64, Is.Zero);
        }
    }

    [TestCase(GgmlType.Q8_0, 0.004)]
    [TestCase(GgmlType.Q4_0, 0.07)]
    public void AddTensor_rounds_numbers_to_blocks(GgmlType type, double tolerance)
    {
        Random random = new(5);
        float[] values = [.. Enumerable.Range(0, 96).Select(_ => random.NextSingle() - 0.5f)];
        Array.Clear(values, 64, 32);
        byte[] whole = Write(writer => writer.AddTensor("t", type, [96], values));

        GgufFile file = GgufFile.Read(new MemoryStream(whole));

        Assert.That(Decode(type, Data(whole, file, 0)), Is.EqualTo(values).Within(tolerance));
    }

    [Test]
    public void Write_leaves_the_old_file_when_a_tensor_fails()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.gguf", [1, 2, 3]);
        GgufWriter writer = new GgufWriter().AddTensor("t", GgmlType.F32, [4], stream => stream.Write(new byte[15]));

        Assert.That(() => writer.Write(path), Throws.InvalidOperationException.With.Message.EqualTo("Tensor 't' has 16 bytes, and 15 were written."));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void Write_streams_tensors_that_are_larger_than_its_buffer()
    {
        byte[] large = new byte[1_000_000];
        new Random(1).NextBytes(large);

        byte[] whole = Write(writer => writer.AddTensor("t", GgmlType.I8, [large.Length], large));

        Assert.That(Data(whole, GgufFile.Read(new MemoryStream(whole)), 0), Is.EqualTo(large));
    }

    [Test]
    public void Writer_throws_when_an_argument_cannot_be_written()
    {
        GgufWriter writer = new GgufWriter().Add("key", 1u).AddTensor("t", GgmlType.F32, [1], new float[1]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new GgufWriter(48), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => writer.Add("key", 2u), Throws.ArgumentException.With.Message.Contains("already metadata with the key 'key'"));
            Assert.That(() => writer.Add("", 2u), Throws.ArgumentException);
            Assert.That(() => writer.Add(new string('k', 65536), 2u), Throws.ArgumentException);
            Assert.That(() => writer.Add("c", 'c'), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Char"));
            Assert.That(() => writer.AddTensor("t", GgmlType.F32, [1], new float[1]), Throws.ArgumentException.With.Message.Contains("already a tensor 't'"));
            Assert.That(() => writer.AddTensor(new string('t', 64), GgmlType.F32, [1], new float[1]), Throws.ArgumentException);
            Assert.That(() => writer.AddTensor("u", GgmlType.F32, [2], new float[1]), Throws.ArgumentException.With.Message.Contains("need 2 elements, and 1 are given"));
            Assert.That(() => writer.AddTensor("u", GgmlType.I8, [2], new byte[3]), Throws.ArgumentException.With.Message.Contains("need 2 bytes, and 3 are given"));
            Assert.That(() => writer.AddTensor("u", GgmlType.Q8_0, [31], new float[31]), Throws.ArgumentException.With.Message.Contains("a multiple of 32"));
            Assert.That(() => writer.AddTensor("u", GgmlType.F32, [1, 0], Array.Empty<float>()), Throws.ArgumentException);
            Assert.That(() => writer.AddTensor("u", GgmlType.F32, [1, 1, 1, 1, 1], new float[1]), Throws.ArgumentException);
            Assert.That(() => writer.AddTensor("u", GgmlType.Q6_K, [256], new float[256]), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Q6_K"));
            Assert.That(() => writer.AddTensor("u", (GgmlType)4, [256], new byte[256]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        }
    }

    private static void AddEveryType(GgufWriter writer) => writer
        .Add("u8", byte.MaxValue).Add("i8", sbyte.MinValue).Add("u16", ushort.MaxValue).Add("i16", short.MinValue)
        .Add("u32", uint.MaxValue).Add("i32", int.MinValue).Add("f32", 0.1f).Add("bool", true).Add("no", false)
        .Add("string", "Grüße 你好 😀").Add("u64", ulong.MaxValue).Add("i64", long.MinValue).Add("f64", 0.1)
        .AddArray("numbers", [(short)-1, (short)0, (short)1])
        .AddArray("long", [.. Enumerable.Range(0, 2000).Select(i => (double)i)])
        .AddArray("strings", ["", "😀"]);

    private static byte[] Write(Action<GgufWriter> declare, int alignment = 32)
    {
        GgufWriter writer = new(alignment);
        declare(writer);
        using MemoryStream stream = new();
        writer.Write(stream);
        return stream.ToArray();
    }

    private static byte[] Data(byte[] whole, GgufFile file, int tensor) =>
        whole.AsSpan((int)(file.DataOffset + file.Tensors[tensor].Offset), (int)file.Tensors[tensor].ByteSize).ToArray();

    private static IEnumerable<float> Decode(GgmlType type, byte[] data)
    {
        foreach (byte[] block in data.Chunk(GgmlTypes.BlockBytes(type)))
        {
            float scale = (float)BitConverter.ToHalf(block);
            for (int i = 0; i < 32; i++)
            {
                int nibble = i < 16 ? block[2 + (i % 16)] & 15 : block[2 + (i % 16)] >> 4;
                yield return scale * (type == GgmlType.Q8_0 ? (sbyte)block[2 + i] : nibble - 8);
            }
        }
    }
}
