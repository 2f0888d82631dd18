using System.Text;

namespace Minilm.Tests;

public sealed class LlamaVocabTests
{
    [TestCase("ggml-vocab-gpt-2.gguf")]
    [TestCase("ggml-vocab-llama-spm.gguf")]
    [TestCase("ggml-vocab-phi-3.gguf")]
    public void Tokenize_gives_the_recorded_ids_of_a_real_vocabulary(string file)
    {
        string path = TestData.Get($"vocab/{file}");
        string[] texts = File.ReadAllText(path + ".inp").Split("\n__ggml_vocab_test__\n");
        int[][] expected = [.. File.ReadAllLines(path + ".out").Select(line =>
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray())];
        using LlamaVocab vocab = LlamaVocab.Load(path);

        Assert.That(texts, Has.Length.GreaterThanOrEqualTo(expected.Length));
        Assert.Multiple(() =>
        {
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.That(vocab.Tokenize(texts[i]), Is.EqualTo(expected[i]), $"text {i}: {texts[i]}");
            }
        });
    }

    [Test]
    public void Load_reads_the_vocabulary_of_a_whole_model_and_names_its_special_tokens()
    {
        using LlamaVocab vocab = LlamaVocab.Load(TestModels.Tiny);

        Assert.Multiple(() =>
        {
            Assert.That(vocab.Count, Is.EqualTo(416));
            Assert.That(vocab.Type, Is.EqualTo(VocabType.SentencePiece));
            Assert.That(vocab.BeginningOfText, Is.EqualTo(1));
            Assert.That(vocab.EndOfText, Is.EqualTo(2));
            Assert.That(vocab.AddsBeginningOfText, Is.True);
            Assert.That(vocab.AddsEndOfText, Is.False);
            Assert.That(vocab.IsEndOfGeneration(2));
            Assert.That(vocab.IsControl(1));
            Assert.That(vocab.IsControl(100), Is.False);
        });
    }

    [TestCase("plain words")]
    [TestCase("smile 😀, family 👨‍👩‍👧, flag 🇩🇪")]
    [TestCase("漢字 かな 한글")]
    [TestCase("العربية עברית")]
    [TestCase("tabs\tand\nlines\r\n")]
    public void Detokenize_gives_back_what_was_tokenized(string text)
    {
        using LlamaVocab vocab = LlamaVocab.Load(TestModels.Tiny);

        Assert.That(vocab.Detokenize(vocab.Tokenize(text)).TrimStart(' '), Is.EqualTo(text));
    }

    [Test]
    public void Tokenize_takes_control_tokens_as_text_unless_asked()
    {
        using LlamaVocab vocab = LlamaVocab.Load(TestModels.Tiny);

        Assert.Multiple(() =>
        {
            Assert.That(vocab.Tokenize("</s>"), Does.Not.Contain(2));
            Assert.That(vocab.Tokenize("</s>", parseSpecial: true), Does.Contain(2));
            Assert.That(vocab.Tokenize("a", addSpecial: true)[0], Is.EqualTo(1));
            Assert.That(vocab.Tokenize(""), Is.Empty);
        });
    }

    [Test]
    public void Tokenize_survives_any_bytes([Values("ggml-vocab-gpt-2.gguf", "ggml-vocab-llama-spm.gguf", "tiny")] string file)
    {
        using LlamaVocab vocab = LlamaVocab.Load(file == "tiny" ? TestModels.Tiny : TestData.Get($"vocab/{file}"));
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);

            int[] tokens = vocab.Tokenize(bytes, addSpecial: false, parseSpecial: true);

            Assert.That(tokens, Has.All.InRange(0, vocab.Count - 1));
        }
    }

    [Test]
    public void Tokenize_into_a_short_buffer_says_how_much_is_needed()
    {
        using LlamaVocab vocab = LlamaVocab.Load(TestModels.Tiny);
        int needed = vocab.Tokenize("several words here").Length;

        Assert.That(vocab.Tokenize("several words here"u8, new int[2], addSpecial: false, parseSpecial: false), Is.EqualTo(-needed));
    }

    [Test]
    public void GetPiece_gives_the_bytes_of_a_token_and_refuses_others()
    {
        using LlamaVocab vocab = LlamaVocab.Load(TestModels.Tiny);

        Assert.Multiple(() =>
        {
            Assert.That(vocab.GetPiece(3 + 0xF0), Is.EqualTo(new byte[] { 0xF0 }), "byte tokens follow the three control tokens");
            Assert.That(Encoding.UTF8.GetString(vocab.GetPiece(2)), Is.EqualTo("</s>"));
            Assert.That(vocab.GetPiece(2, special: false), Is.Empty);
            Assert.That(() => vocab.GetPiece(-1), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("0 to 415"));
            Assert.That(() => vocab.GetPiece(416), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => vocab.IsEndOfGeneration(416), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => vocab.IsControl(-5), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => vocab.Detokenize([3, 9999]), Throws.TypeOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void Vocabulary_that_was_disposed_is_not_used()
    {
        LlamaVocab vocab = LlamaVocab.Load(TestModels.Tiny);
        vocab.Dispose();
        vocab.Dispose();

        Assert.That(() => vocab.Tokenize("x"), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Load_refuses_a_file_that_is_not_a_model()
    {
        string path = TestModels.PathOf("not-a-vocab.gguf");
        File.WriteAllText(path, "{}");

        Assert.That(() => LlamaVocab.Load(path), Throws.TypeOf<ModelLoadException>().With.Message.Contains(path));
    }
}
