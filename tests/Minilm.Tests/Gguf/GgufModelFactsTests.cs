using System.Diagnostics;
using Minilm.Gguf;

namespace Minilm.Tests.Gguf;

public sealed class GgufModelFactsTests
{
    [Test]
    public void Facts_of_a_generated_model_are_its_options()
    {
        GgufModelFacts facts = new ModelEdit().Set("tokenizer.chat_template", "{{ messages }}").BuildFile().Facts;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((facts.Architecture, facts.Name, facts.TokenizerModel), Is.EqualTo(("llama", "random-tiny", "llama")));
            Assert.That((facts.ContextLength, facts.EmbeddingLength, facts.BlockCount), Is.EqualTo((512, 64, 2)));
            Assert.That((facts.HeadCount, facts.HeadCountKv, facts.KeyLength, facts.ValueLength), Is.EqualTo((4, 2, 16, 16)));
            Assert.That((facts.VocabularySize, facts.ParameterCount, facts.QuantizationName), Is.EqualTo((416, 115008, "Q4_0")));
            Assert.That((facts.HasChatTemplate, facts.ChatTemplate), Is.EqualTo((true, "{{ messages }}")));
            Assert.That((facts.IsVocabularyOnly, facts.SplitCount), Is.EqualTo((false, 1)));
            Assert.That(facts.WeightBytes, Is.InRange(115008 / 32 * 18, 70_000));
        }
    }

    [Test]
    public void Facts_are_null_when_the_file_states_none()
    {
        GgufModelFacts facts = GgufFileTests.Read(writer => writer.Add("general.name", 5u).Add("split.count", (ushort)0)).Facts;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((facts.Architecture, facts.Name, facts.ChatTemplate, facts.QuantizationName), Is.EqualTo(((string?)null, (string?)null, (string?)null, (string?)null)));
            Assert.That((facts.ContextLength, facts.HeadCount, facts.HeadCountKv, facts.KeyLength, facts.VocabularySize), Is.EqualTo(((int?)null, (int?)null, (int?)null, (int?)null, (int?)null)));
            Assert.That((facts.SplitCount, facts.HasChatTemplate, facts.IsVocabularyOnly, facts.ParameterCount), Is.EqualTo((1, false, true, 0)));
            Assert.That(facts.EstimateKvBytes(1000), Is.Zero);
        }
    }

    [Test]
    public void Facts_take_the_largest_of_numbers_that_differ_by_layer()
    {
        GgufModelFacts facts = new ModelEdit().SetArray("llama.attention.head_count", 4u, 2u).SetArray("llama.attention.head_count_kv", 0, 2).BuildFile().Facts;

        Assert.That((facts.HeadCount, facts.HeadCountKv), Is.EqualTo((4, 2)));
        Assert.That(facts.EstimateKvBytes(10), Is.EqualTo(10 * 2 * (16 + 16) * sizeof(ushort)));
    }

    [Test]
    public void VocabularySize_is_the_stated_one_when_there_are_no_tokens() =>
        Assert.That(new ModelEdit().Remove("tokenizer.ggml.tokens").BuildFile().Facts.VocabularySize, Is.EqualTo(416));

    [TestCase(15u, "Q4_K_M")]
    [TestCase(0u, "F32")]
    [TestCase(7u, "Q8_0")]
    [TestCase(41u, "Q2_0")]
    [TestCase(9999u, "Q4_0", Description = "the type that most of the numbers have")]
    public void QuantizationName_is_that_of_the_file_type(uint fileType, string name) =>
        Assert.That(new ModelEdit().Set("general.file_type", fileType).BuildFile().Facts.QuantizationName, Is.EqualTo(name));

    [TestCase(GgmlType.F16, GgmlType.F16, 512 * 2 * 2 * (32 + 32))]
    [TestCase(GgmlType.Q8_0, GgmlType.Q4_0, 512 * 2 * (34 + 18))]
    public void EstimateKvBytes_counts_a_key_and_a_value_row_per_token_and_layer(GgmlType key, GgmlType value, long bytes) =>
        Assert.That(ModelEdit.Read().Facts.EstimateKvBytes(512, key, value), Is.EqualTo(bytes));

    [Test]
    public void EstimateKvBytes_does_not_overflow()
    {
        GgufModelFacts facts = ModelEdit.Read().Facts;

        Assert.That(facts.EstimateKvBytes(long.MaxValue), Is.EqualTo(long.MaxValue));
        Assert.That(() => facts.EstimateKvBytes(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => facts.EstimateKvBytes(1, (GgmlType)99), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Facts_of_stories260K_are_those_of_the_model()
    {
        GgufFile file = GgufFile.Read(TestData.Stories260K);
        GgufModelFacts facts = file.Facts;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((facts.Architecture, facts.ContextLength, facts.EmbeddingLength, facts.BlockCount), Is.EqualTo(("llama", 512, 64, 5)));
            Assert.That((facts.HeadCount, facts.HeadCountKv, facts.KeyLength), Is.EqualTo((8, 4, 8)));
            Assert.That((facts.VocabularySize, facts.ParameterCount, facts.QuantizationName), Is.EqualTo((512, 292800, "F32")));
            Assert.That((facts.HasChatTemplate, facts.IsVocabularyOnly), Is.EqualTo((false, false)));
            Assert.That(file.Tensors, Has.Count.EqualTo(48));
            Assert.That(file.GetArray("tokenizer.ggml.tokens").ReadStrings()[..4], Is.EqualTo(new[] { "<unk>", "<s>", "</s>", "<0x00>" }));
        }
    }

    [TestCase("ggml-vocab-gpt-2.gguf", "gpt2", 50257)]
    [TestCase("ggml-vocab-llama-spm.gguf", "llama", 32000)]
    [TestCase("ggml-vocab-phi-3.gguf", "llama", 32064)]
    public void Facts_of_a_vocabulary_are_there_in_a_moment(string name, string tokenizer, int size)
    {
        string path = TestData.Get("vocab", name);
        GgufFile.Read(path);

        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        GgufModelFacts facts = GgufFile.Read(path).Facts;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((facts.TokenizerModel, facts.VocabularySize, facts.IsVocabularyOnly), Is.EqualTo((tokenizer, size, true)));
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(200_000), "the vocabulary stays in the file");
            Assert.That(elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
        }
    }
}
