using Minilm.Gguf;

namespace Minilm.Tests.Gguf;

/// <summary>Models in several files.</summary>
public sealed class GgufSplitTests
{
    private const string First = "model-00001-of-00002.gguf";
    private const string Second = "model-00002-of-00002.gguf";

    [Test]
    public void Validate_accepts_all_files_of_a_model()
    {
        using TemporaryFolder folder = new();
        GgufFile file = Write(folder, First, Part(0));
        Write(folder, Second, Part(1));

        Assert.That(() => GgufModelValidator.Validate(file), Throws.Nothing);
        Assert.That(file.Facts.SplitCount, Is.EqualTo(2));
    }

    [Test]
    public void Validate_does_not_look_for_the_other_files_of_a_stream() =>
        Assert.That(() => GgufModelValidator.Validate(Part(0).BuildFile()), Throws.Nothing);

    [Test]
    public void Validate_throws_when_a_file_is_missing()
    {
        using TemporaryFolder folder = new();
        GgufFile file = Write(folder, First, Part(0));

        Assert.That(() => GgufModelValidator.Validate(file), Throws.TypeOf<GgufException>().With.Message.Contains($"{Second}' does not exist"));
    }

    [Test]
    public void Validate_throws_when_the_second_file_is_given()
    {
        using TemporaryFolder folder = new();
        GgufFile file = Write(folder, Second, Part(1));

        Assert.That(() => GgufModelValidator.Validate(file), Throws.TypeOf<GgufException>().With.Message.Contains("the value is 1 (u16), and 0 (u16) is expected").And.Message.Contains("Give the first of the files"));
    }

    [Test]
    public void Validate_throws_when_the_number_has_another_type()
    {
        using TemporaryFolder folder = new();
        GgufFile file = Write(folder, First, Part(0));
        Write(folder, Second, Part(1).Set("split.no", 1u));

        Assert.That(() => GgufModelValidator.Validate(file), Throws.TypeOf<GgufException>().With.Message.Contains("the value is 1 (u32), and 1 (u16) is expected"));
    }

    [Test]
    public void Validate_throws_when_the_name_is_another()
    {
        using TemporaryFolder folder = new();
        GgufFile file = Write(folder, "model.gguf", Part(0));

        Assert.That(() => GgufModelValidator.Validate(file), Throws.TypeOf<GgufException>().With.Message.Contains("its name does not end with '-00001-of-00002.gguf'"));
    }

    private static ModelEdit Part(ushort number) => new ModelEdit().Set("split.no", number).Set("split.count", (ushort)2);

    private static GgufFile Write(TemporaryFolder folder, string name, ModelEdit part) => GgufFile.Read(folder.Write(name, part.Build()));
}
