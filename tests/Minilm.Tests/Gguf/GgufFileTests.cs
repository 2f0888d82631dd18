using Minilm.Gguf;
using static Minilm.Tests.Gguf.GgufBytes;

namespace Minilm.Tests.Gguf;

public sealed class GgufFileTests
{
    [Test]
    public void Read_gives_what_the_bytes_say()
    {
        byte[] bytes = new GgufBytes().Build();

        GgufFile file = GgufFile.Read(new MemoryStream(bytes));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.Version, Is.EqualTo(3));
            Assert.That(file.Alignment, Is.EqualTo(32));
            Assert.That(file.FileLength, Is.EqualTo(bytes.Length));
            Assert.That(file.DataOffset, Is.EqualTo(bytes.Length - 256 - 34).And.EqualTo(file.DataOffset / 32 * 32));
            Assert.That(file.Metadata.Keys, Is.EqualTo(["general.architecture", "general.alignment", "a.flag", "a.list"]));
            Assert.That(file.Tensors.Select(tensor => tensor.ToString()), Is.EqualTo(["first F32 [32 x 2]", "second Q8_0 [32]"]));
            Assert.That(file.Tensors.Select(tensor => (tensor.Offset, tensor.ByteSize, tensor.ElementCount)), Is.EqualTo([(0, 256, 64), (256, 34, 32)]));
            Assert.That(file.Path, Is.Null);
        }
    }

    [Test]
    public void Read_accepts_version_2_and_a_file_of_nothing()
    {
        GgufBytes bytes = new() { Version = 2, DataBytes = 0 };
        bytes.Metadata.Clear();
        bytes.Tensors.Clear();

        GgufFile file = GgufFile.Read(new MemoryStream(bytes.Build(), 0, 24));

        Assert.That((file.Version, file.Metadata.Count, file.Tensors.Count, file.DataOffset), Is.EqualTo((2, 0, 0, 24)));
        Assert.That(file.Facts.IsVocabularyOnly, Is.True);
    }

    [Test]
    public void Read_takes_a_tensor_without_dimensions_for_a_single_value()
    {
        GgufBytes bytes = new();
        bytes.Tensors.Insert(0, Tensor("scalar", [], 0, 0));
        bytes.Tensors.RemoveRange(1, 2);

        GgufTensorInfo tensor = GgufFile.Read(new MemoryStream(bytes.Build())).Tensors[0];

        Assert.That((tensor.Dimensions.Count, tensor.ElementCount, tensor.ByteSize), Is.EqualTo((0, 1, 4)));
    }

    [Test]
    public void Read_takes_the_alignment_from_the_metadata()
    {
        GgufBytes bytes = new() { Alignment = 256, DataBytes = 256 + 34 };
        bytes.Metadata[1] = Entry("general.alignment", 4, U32(256));

        GgufFile file = GgufFile.Read(new MemoryStream(bytes.Build()));

        Assert.That(file.Alignment, Is.EqualTo(256));
        Assert.That(file.DataOffset % 256, Is.Zero);
    }

    [Test]
    public void Get_finds_values_by_type()
    {
        GgufFile file = Read(writer => writer.Add("s", "text").Add("u", 7u).Add("l", -7L).Add("d", 0.5).Add("b", true).AddArray("a", [1, 2]));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.GetString("s"), Is.EqualTo("text"));
            Assert.That(file.GetUInt32("u"), Is.EqualTo(7));
            Assert.That(file.GetInt64("l"), Is.EqualTo(-7));
            Assert.That(file.GetDouble("d"), Is.EqualTo(0.5));
            Assert.That(file.GetDouble("u"), Is.EqualTo(7.0));
            Assert.That(file.GetBoolean("b"), Is.True);
            Assert.That(file.GetArray("a").ReadIntegers(), Is.EqualTo([1, 2]));
        }
    }

    [Test]
    public void Get_names_the_key_and_the_value_when_the_type_is_another()
    {
        GgufFile file = Read(writer => writer.Add("s", "text"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => file.GetUInt32("s"), Throws.TypeOf<GgufException>().With.Message.Contains("the value is text (string) and not an unsigned integer of 32 bits (field 's', byte offset"));
            Assert.That(() => file.GetInt64("s"), Throws.TypeOf<GgufException>());
            Assert.That(() => file.GetDouble("s"), Throws.TypeOf<GgufException>());
            Assert.That(() => file.GetBoolean("s"), Throws.TypeOf<GgufException>());
            Assert.That(() => file.GetArray("s"), Throws.TypeOf<GgufException>());
            Assert.That(() => file.GetString("absent"), Throws.TypeOf<GgufException>().With.Message.Contains("(field 'absent' is missing)").And.Property("ByteOffset").Null);
        }
    }

    [Test]
    public void Read_says_that_the_file_does_not_exist()
    {
        using TemporaryFolder folder = new();
        string path = folder.PathOf("absent.gguf");

        Assert.That(() => GgufFile.Read(path), Throws.TypeOf<GgufException>().With.Message.EqualTo($"Model file '{path}' does not exist (looked for '{path}').").And.InnerException.TypeOf<FileNotFoundException>());
        Assert.That(() => GgufFile.Read(Path.Combine(path, "deeper.gguf")), Throws.TypeOf<GgufException>().With.Message.Contains("does not exist"));
    }

    [Test]
    public void Read_says_that_the_path_is_a_directory()
    {
        using TemporaryFolder folder = new();

        Assert.That(() => GgufFile.Read(folder.Path), Throws.TypeOf<GgufException>().With.Message.Contains("is a directory. Give the path of a .gguf file inside it."));
    }

    [Test]
    public void Read_leaves_other_failures_of_the_file_system_as_they_are()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.gguf", new GgufBytes().Build());
        using FileStream locked = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        Assert.That(() => GgufFile.Read(path), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void Read_throws_when_an_argument_cannot_be_used()
    {
        using Stream blind = new BlindStream();

        Assert.That(() => GgufFile.Read(""), Throws.ArgumentException);
        Assert.That(() => GgufFile.Read((Stream)null!), Throws.ArgumentNullException);
        Assert.That(() => GgufFile.Read(blind), Throws.ArgumentException.With.Message.Contains("must be able to seek"));
    }

    [Test]
    public void Read_closes_the_file_and_leaves_a_stream_open()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.gguf", new GgufBytes().Build());
        using FileStream stream = File.OpenRead(path);

        GgufFile.Read(stream);
        GgufFile.Read(path);

        Assert.That(stream.CanRead, Is.True);
        stream.Dispose();
        Assert.That(() => File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose(), Throws.Nothing);
    }

    [Test]
    public void ReadStrings_reads_the_file_again_when_it_is_asked()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("model.gguf", new GgufBytes().Build());
        GgufArray array = GgufFile.Read(path).GetArray("a.list");

        Assert.That(array.ReadStrings(), Is.EqualTo(["one", "two"]));
        Assert.That((array.ElementType, array.Count, array.ByteLength, array.ToString()), Is.EqualTo((GgufValueType.String, 2, 22, "string[2]")));

        File.Delete(path);
        Assert.That(array.ReadStrings, Throws.TypeOf<GgufException>().With.Message.Contains("does not exist"));
    }

    [Test]
    public void ReadStrings_throws_when_the_file_has_changed()
    {
        byte[] bytes = new GgufBytes().Build();
        MemoryStream stream = new();
        stream.Write(bytes);
        GgufArray array = GgufFile.Read(stream).GetArray("a.list");

        stream.Position = array.ByteOffset;
        stream.WriteByte(200);
        Assert.That(array.ReadStrings, Throws.TypeOf<GgufException>().With.Message.Contains("string 0 does not end within the array: the file has changed"));

        stream.SetLength(array.ByteOffset + 4);
        Assert.That(array.ReadStrings, Throws.TypeOf<GgufException>().With.Message.Contains("ends inside the array"));

        stream.SetLength(10);
        Assert.That(array.ReadStrings, Throws.TypeOf<GgufException>().With.Message.Contains("has become shorter since it was read"));
    }

    [Test]
    public void Read_throws_when_the_stream_ends_before_its_length() =>
        Assert.That(() => GgufFile.Read(new ShortStream(new GgufBytes().Build(), 100)), Throws.TypeOf<GgufException>().With.Message.Contains("the file ends inside"));

    [Test]
    public void Read_of_arrays_throws_when_the_elements_are_others()
    {
        GgufFile file = Read(writer => writer.AddArray("f", [1.5f]).AddArray("s", ["a"]).AddArray("u", [ulong.MaxValue]).AddArray("b", [true, false]));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(file.GetArray("f").ReadIntegers, Throws.InvalidOperationException.With.Message.EqualTo("'f' is f32[1] and not an array of integers."));
            Assert.That(file.GetArray("u").ReadIntegers, Throws.InvalidOperationException);
            Assert.That(file.GetArray("s").ReadNumbers, Throws.InvalidOperationException);
            Assert.That(file.GetArray("s").ReadIntegers, Throws.InvalidOperationException);
            Assert.That(file.GetArray("f").ReadStrings, Throws.InvalidOperationException);
            Assert.That(file.GetArray("b").ReadIntegers(), Is.EqualTo([1, 0]));
            Assert.That(file.GetArray("u").ReadNumbers(), Is.EqualTo([(double)ulong.MaxValue]));
        }
    }

    [Test]
    public void ReadStrings_replaces_bytes_that_are_not_utf8()
    {
        GgufBytes bytes = new();
        bytes.Metadata[3] = Entry("a.list", 9, [.. U32(8), .. U64(1), .. Text([0xE4, 0xBD])]);

        Assert.That(GgufFile.Read(new MemoryStream(bytes.Build())).GetArray("a.list").ReadStrings(), Is.EqualTo(["\uFFFD"]));
    }

    internal static GgufFile Read(Action<GgufWriter> declare)
    {
        GgufWriter writer = new();
        declare(writer);
        MemoryStream stream = new();
        writer.Write(stream);
        return GgufFile.Read(stream);
    }

    private sealed class BlindStream : MemoryStream
    {
        public override bool CanSeek => false;
    }

    /// <summary>A file that another process shortens while it is read.</summary>
    private sealed class ShortStream(byte[] bytes, int end) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, (int)Math.Clamp(end - Position, 0, count));
    }
}
