using System.Security.Cryptography;
using Minilm.Gguf;

namespace Minilm.Tests.Gguf;

public sealed class RandomModelWriterTests
{
    [Test]
    public void Write_gives_the_same_bytes_on_every_machine()
    {
        string hash = Convert.ToHexString(SHA256.HashData(Write(RandomModelOptions.Tiny)));

        Assert.That(Write(RandomModelOptions.Tiny), Is.EqualTo(File.ReadAllBytes(TestModels.Tiny)));
        Assert.That(hash, Is.EqualTo("E332F78846F6BA24B3184909EE70159376AA71639DA062BB2E163F55CE71C160"));
    }

    [Test]
    public void Write_gives_other_weights_for_another_seed() =>
        Assert.That(Write(RandomModelOptions.Tiny with { Seed = 2 }), Is.Not.EqualTo(Write(RandomModelOptions.Tiny)));

    [Test]
    public void Tiny_is_small() =>
        Assert.That(new FileInfo(TestModels.Tiny).Length, Is.LessThan(500_000));

    [Test]
    public void Size30M_has_about_30_million_parameters_and_is_sound()
    {
        using TemporaryFolder folder = new();
        string path = folder.PathOf("random.gguf");
        RandomModelWriter.Write(path, RandomModelOptions.Size30M);

        GgufFile file = GgufFile.Read(path);

        Assert.That(() => GgufModelValidator.Validate(file), Throws.Nothing);
        Assert.That(file.Facts.ParameterCount, Is.InRange(29_000_000, 31_000_000));
        Assert.That((file.Facts.ContextLength, file.Facts.QuantizationName), Is.EqualTo((2048, "Q8_0")));
    }

    [TestCase(GgmlType.F32)]
    [TestCase(GgmlType.F16)]
    [TestCase(GgmlType.Q8_0)]
    [TestCase(GgmlType.Q4_0)]
    public void Write_gives_a_sound_model_of_every_weight_type(GgmlType type)
    {
        GgufFile file = GgufFile.Read(new MemoryStream(Write(RandomModelOptions.Tiny with { WeightType = type, ChatTemplate = "{{ x }}" })));

        Assert.That(() => GgufModelValidator.Validate(file), Throws.Nothing);
        Assert.That((file.Facts.QuantizationName, file.Facts.ChatTemplate), Is.EqualTo((type.ToString(), "{{ x }}")));
    }

    [Test]
    public void Vocabulary_has_every_byte_and_pieces_that_are_made_of_earlier_ones()
    {
        string[] tokens = ModelEdit.Tokens;
        HashSet<string> seen = [.. tokens[..(3 + 256 + 95)]];

        Assert.That(tokens[3..259], Is.EqualTo(Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>")));
        foreach (string token in tokens[354..])
        {
            bool isMade = Enumerable.Range(1, token.Length - 1).Any(at => seen.Contains(token[..at]) && seen.Contains(token[at..]));
            Assert.That(isMade, Is.True, $"SentencePiece can come to '{token}'");
            Assert.That(seen.Add(token), Is.True, $"'{token}' is there once");
        }
    }

    [Test]
    public void The_largest_vocabulary_has_no_token_twice()
    {
        GgufFile file = GgufFile.Read(new MemoryStream(Write(RandomModelOptions.Tiny with { VocabularySize = RandomVocabulary.LargestSize, WeightType = GgmlType.Q4_0 })));

        Assert.That(file.Facts.VocabularySize, Is.EqualTo(RandomVocabulary.LargestSize));
        Assert.That(() => GgufModelValidator.Validate(file), Throws.Nothing);
    }

    private static IEnumerable<TestCaseData> Unfit()
    {
        RandomModelOptions tiny = RandomModelOptions.Tiny;
        yield return new(tiny with { WeightType = GgmlType.Q6_K }, "WeightType is Q6_K");
        yield return new(tiny with { VocabularySize = 300 }, "VocabularySize is 300");
        yield return new(tiny with { VocabularySize = 1_000_000 }, "VocabularySize is 1000000");
        yield return new(tiny with { LayerCount = 0 }, "LayerCount is 0");
        yield return new(tiny with { ContextLength = 0 }, "ContextLength is 0");
        yield return new(tiny with { HeadCount = 0 }, "HeadCount is 0");
        yield return new(tiny with { HeadCountKv = 3 }, "multiple of HeadCountKv, 3");
        yield return new(tiny with { EmbeddingLength = 60 }, "EmbeddingLength is 60");
        yield return new(tiny with { FeedForwardLength = 33, WeightType = GgmlType.Q8_0 }, "FeedForwardLength is 33");
    }

    [TestCaseSource(nameof(Unfit))]
    public void Write_throws_when_the_options_do_not_fit(RandomModelOptions options, string problem) =>
        Assert.That(() => Write(options), Throws.ArgumentException.With.Message.Contains("cannot be made").And.Message.Contains(problem));

    private static byte[] Write(RandomModelOptions options)
    {
        using MemoryStream stream = new();
        RandomModelWriter.Write(stream, options);
        return stream.ToArray();
    }
}
