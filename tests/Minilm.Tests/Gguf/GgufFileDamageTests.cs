using Minilm.Gguf;
using static Minilm.Tests.Gguf.GgufBytes;

namespace Minilm.Tests.Gguf;

/// <summary>A sound file with one thing wrong: what does the reader say?</summary>
public sealed class GgufFileDamageTests
{
    private const uint Array = 9;
    private const uint String = 8;

    private static IEnumerable<TestCaseData> Fields()
    {
        yield return Case("the version is 1", g => g.Version = 1, "GGUF version 1, which llama.cpp no longer reads", "version", 4);
        yield return Case("the version is 0", g => g.Version = 0, "GGUF version 0, and versions 2 and 3 are known", "version", 4);
        yield return Case("the version is 4", g => g.Version = 4, "A newer file needs a newer Minilm", "version", 4);
        yield return Case("the file is big-endian", g => g.Version = 0x03000000, "big-endian machines (its version reads 3 backwards)", "version", 4);
        yield return Case("it states more tensors than fit", g => g.TensorCount = 1000, "states 1000 tensors, more than a file of", "tensor_count", 8);
        yield return Case("it states 2^63 tensors", g => g.TensorCount = 1ul << 63, "states 9223372036854775808 tensors", "tensor_count", 8);
        yield return Case("it states more metadata than fits", g => g.MetadataCount = ulong.MaxValue, "metadata entries, more than a file of", "metadata_kv_count", 16);
        yield return Case("it states one tensor too many", g => g.TensorCount = 3, "the name of a tensor is empty", "tensor[2]", null);

        yield return Key("a key is empty", Entry("", 4, U32(1)), "a metadata key is empty", "metadata[0]", 24);
        yield return Key("a key is too long", Entry(new string('k', 65536), 4, U32(1)), "65536 bytes long, and 65535 are allowed", "metadata[0]", 24);
        yield return Key("a key is longer than the file", Entry(U64(1ul << 40), 4, U32(1)), "1099511627776 bytes, more than the rest of the file", "metadata[0]", 24);
        yield return Key("a key is not UTF-8", Entry(Text([0xFF, 0xFE, (byte)'a']), 4, U32(1)), "the key is not valid UTF-8", "metadata[0]", 32);
        yield return Key("a key contains a zero byte", Entry("a\0b", 4, U32(1)), "the key contains a zero byte", "metadata[0]", 32);
        yield return Case("a key is there twice", g => g.Metadata.Add(g.Metadata[0]), "the metadata key is there twice", "general.architecture", null);

        yield return Key("a value has an unknown type", Entry("k", 13, U32(1)), "its type is 13, and 0 to 12 are known", "k", 33);
        yield return Key("a value has a negative type", Entry("k", uint.MaxValue, U32(1)), "its type is 4294967295", "k", 33);
        yield return Key("an element has an unknown type", Entry("k", Array, [.. U32(77), .. U64(0)]), "its element type is 77", "k", 37);
        yield return Key("an array holds arrays", Entry("k", Array, [.. U32(9), .. U64(1), .. U32(4), .. U64(0)]), "an array of arrays, which llama.cpp does not read", "k", 37);
        yield return Key("a string is longer than the file", Entry("k", String, U64(100_000)), "ends inside a string: 100000 bytes are needed", "k", 45);
        yield return Key("a string is absurdly long", Entry("k", String, U64(1ul << 62)), "a string states a length of 4611686018427387904 bytes", "k", 37);
        yield return Key("an array is longer than the file", Entry("k", Array, [.. U32(4), .. U64(100_000)]), "states 100000 elements, more than the", "k", 41);
        yield return Key("an array has 2^64-1 elements", Entry("k", Array, [.. U32(0), .. U64(ulong.MaxValue)]), "states 18446744073709551615 elements", "k", 41);
        yield return Key("a string in an array is longer than the file", Entry("k", Array, [.. U32(8), .. U64(1), .. U64(5000)]), "ends inside a string of an array: 5000 bytes are needed", "k", 57);
        yield return Key("a string in an array has 2^64-1 bytes", Entry("k", Array, [.. U32(8), .. U64(1), .. U64(ulong.MaxValue)]), "more than any file has", "k", 57);
        yield return Key("a boolean is 2", Entry("k", 7, [2]), "a boolean is 2, and must be 0 or 1", "k", 37);
        yield return Key("a boolean in an array is 255", Entry("k", Array, [.. U32(7), .. U64(3), 0, 1, 255]), "a boolean is 255, and must be 0 or 1", "k", 51);
        yield return Key("a boolean in a long array is 3", Entry("k", Array, [.. U32(7), .. U64(9000), .. new byte[8999], 3]), "a boolean is 3, and must be 0 or 1", "k", 49 + 8999);

        yield return Alignment("the alignment is 0", 4, U32(0), "the alignment is 0 and must be a power of two");
        yield return Alignment("the alignment is 48", 4, U32(48), "the alignment is 48 and must be a power of two");
        yield return Alignment("the alignment is a string", String, Text("32"), "has the type string and must be u32");
        yield return Alignment("the alignment has 64 bits", 10, U64(32), "has the type u64 and must be u32");

        yield return Row("a tensor's name is too long", Tensor(new string('n', 64), [32], 0, 0), "the name of a tensor is 64 bytes long, and 63 are allowed", "tensor[0]");
        yield return Row("a tensor's name is not UTF-8", Tensor(Text([0xC3, 0x28]), [32], 0, 0), "the name of a tensor is not valid UTF-8", "tensor[0]");
        yield return Row("a tensor's name contains a zero byte", Tensor("a\0", [32], 0, 0), "the name of a tensor contains a zero byte", "tensor[0]");
        yield return Case("two tensors have one name", g => g.Tensors[1] = Tensor("first", [32], 8, 256), "two tensors have the same name", "first", null);
        yield return Row("a tensor has 5 dimensions", Tensor("t", [1, 1, 1, 1, 1], 0, 0), "has 5 dimensions, and 4 are allowed", "t");
        yield return Row("a dimension is 0", Tensor("t", [32, 0], 0, 0), "dimension 1 of the tensor is 0, and must be positive", "t");
        yield return Row("a dimension is negative", Tensor("t", [ulong.MaxValue], 0, 0), "dimension 0 of the tensor is -1, and must be positive", "t");
        yield return Row("the dimensions overflow", Tensor("t", [1 << 30, 1 << 30, 1 << 30], 0, 0), "multiply to more elements than can be counted", "t");
        yield return Row("a tensor is larger than the file", Tensor("t", [1 << 20], 0, 0), "the tensor has 4194304 bytes of data, more than the whole file", "t");
        yield return Row("a tensor's type is unknown", Tensor("t", [32], 1000, 0), "the tensor's type is 1000, which is unknown or was removed from ggml", "t");
        yield return Row("a tensor's type was removed", Tensor("t", [32], 31, 0), "the tensor's type is 31", "t");
        yield return Row("a tensor's type is negative", Tensor("t", [32], uint.MaxValue, 0), "the tensor's type is -1", "t");
        yield return Row("a row is not a multiple of the block", Tensor("t", [33], 8, 0), "33 elements, which is not a multiple of 32, the block size of Q8_0", "t");
        yield return Row("an offset is not aligned", Tensor("t", [32], 0, 7), "offset 7 is not a multiple of the alignment 32", "t");
        yield return Row("an offset is beyond the file", Tensor("t", [32], 0, 1ul << 63), "lies beyond the end of the file", "t");
        yield return Case("two tensors overlap", g => g.Tensors[1] = Tensor("second", [32], 8, 128), "offset 128 overlaps the tensor before it, which ends at 256", "second", null);
        yield return Case("two tensors leave a gap", g => g.Tensors[1] = Tensor("second", [32], 8, 288), "offset 288 leaves a gap behind the tensor before it", "second", null);
        yield return Case("the data is cut short", g => g.DataBytes = 256 + 33, "the tensor's data ends at byte", "second", null);
    }

    [TestCaseSource(nameof(Fields))]
    public void Read_says_what_is_wrong_when_a_field_is_damaged(byte[] bytes, string problem, string field, long? offset)
    {
        GgufException fromStream = Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(bytes)))!;
        using TemporaryFolder folder = new();
        string path = folder.Write("damaged.gguf", bytes);
        GgufException fromFile = Assert.Throws<GgufException>(() => GgufFile.Read(path))!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(fromStream.Message, Does.StartWith("The GGUF stream").And.Contains(problem));
            Assert.That(fromStream.Path, Is.Null);
            Assert.That(fromFile.Message, Does.StartWith($"Model file '{path}'").And.Contains(problem).And.Contains($"field '{field}'"));
            Assert.That(fromFile.Path, Is.EqualTo(path));
            Assert.That(fromFile.Field, Is.EqualTo(field));
            Assert.That(fromFile.ByteOffset, offset is null ? Is.Positive : Is.EqualTo(offset));
            Assert.That(fromFile.Message, Does.Contain($"byte offset {fromFile.ByteOffset}"));
        }
    }

    private static IEnumerable<TestCaseData> Starts()
    {
        yield return Start("is a zip", [0x50, 0x4B, 3, 4, 20, 0], "it starts with 50 4B 03 04 (expected 47 47 55 46). Is it a zip?");
        yield return Start("is a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00"u8.ToArray(), "run 'git lfs pull'");
        yield return Start("is a safetensors file", [0x40, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"'], "Is it a safetensors file?");
        yield return Start("is JSON", "{\"a\": 1}"u8.ToArray(), "Is it JSON");
        yield return Start("is an HTML page", "<!DOCTYPE html>"u8.ToArray(), "Is it an HTML page?");
        yield return Start("is a pickle", [0x80, 2, 0x8A, 0x0A], "Is it a PyTorch pickle?");
        yield return Start("is compressed", [0x1F, 0x8B, 8, 0], "Is it compressed with gzip?");
        yield return Start("is an old GGML file", "lmgg0000"u8.ToArray(), "from before GGUF");
        yield return Start("is an old GGJT file", "tjgg0000"u8.ToArray(), "from before GGUF");
        yield return Start("is zeros only", new byte[100], "the download was probably never finished");
        yield return Start("is something else", "hello"u8.ToArray(), "it starts with 68 65 6C 6C (expected 47 47 55 46). Give the path of a .gguf file.");
        yield return Start("is one byte", [7], "it starts with 07 (expected 47 47 55 46)");
        yield return Start("is empty", [], "is empty (0 bytes)");
    }

    [TestCaseSource(nameof(Starts))]
    public void Read_guesses_what_the_file_is_when_it_is_not_gguf(byte[] bytes, string problem)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("other.gguf", bytes);

        GgufException exception = Assert.Throws<GgufException>(() => GgufFile.Read(path))!;

        Assert.That(exception.Message, Does.StartWith($"Model file '{path}' is").And.Contains(problem));
    }

    [Test]
    public void Read_throws_when_the_file_is_cut_off_anywhere()
    {
        byte[] whole = new GgufBytes().Build();
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(whole, 0, length)), $"cut off at {length}");
        }
    }

    [TestCase(3, "ends inside the magic")]
    [TestCase(6, "ends inside the header: 4 bytes are needed and 2 are left")]
    [TestCase(23, "ends inside the header: 8 bytes are needed and 7 are left")]
    public void Read_says_that_the_header_is_cut_off(int length, string problem)
    {
        byte[] whole = new GgufBytes { TensorCount = 0, MetadataCount = 0 }.Build();

        GgufException exception = Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(whole, 0, length)))!;

        Assert.That(exception.Message, Does.Contain(problem).And.Contains("Fetch the file again"));
    }

    [Test]
    public void Read_makes_names_from_the_file_fit_for_one_line()
    {
        GgufBytes bytes = new();
        bytes.Metadata.Insert(0, Entry("evil\n\u001b[31m" + new string('x', 200), 99, []));

        GgufException exception = Assert.Throws<GgufException>(() => GgufFile.Read(new MemoryStream(bytes.Build())))!;

        Assert.That(exception.Message, Does.Contain("field 'evil??[31mxxx").And.Contains("x…'").And.Not.Contains("\n"));
    }

    private static TestCaseData Case(string what, Action<GgufBytes> damage, string problem, string field, long? offset)
    {
        GgufBytes bytes = new();
        damage(bytes);
        return new TestCaseData(bytes.Build(), problem, field, offset) { TestName = $"Read_says_what_is_wrong_when {what}" };
    }

    private static TestCaseData Key(string what, byte[] entry, string problem, string field, long offset) =>
        Case(what, g => g.Metadata.Insert(0, entry), problem, field, offset);

    private static TestCaseData Alignment(string what, uint type, byte[] value, string problem) =>
        Case(what, g => g.Metadata[1] = Entry("general.alignment", type, value), problem, "general.alignment", null);

    private static TestCaseData Row(string what, byte[] row, string problem, string field) =>
        Case(what, g => g.Tensors.Insert(0, row), problem, field, null);

    private static TestCaseData Start(string what, byte[] bytes, string problem) =>
        new(bytes, problem) { TestName = $"Read_guesses_what_the_file_is_when_it {what}" };
}
