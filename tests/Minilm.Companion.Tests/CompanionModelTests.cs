using Minilm.Companion;
using Minilm.Companion.Dialogs;
using Minilm.Companion.Evaluation;
using Minilm.Companion.Grammar;
using Minilm.Dialog;
using Minilm.Dialog.Cards;
using Minilm.Gguf;

namespace Minilm.Tests.Companion;

/// <summary>The model in the box: what its file says, and that it really talks.</summary>
[TestFixture]
public sealed class CompanionModelTests
{
    private static readonly Lazy<LlamaModel> Loaded = new(() => TestModels.Load(TestModels.Companion));

    [OneTimeTearDown]
    public void Free()
    {
        if (Loaded.IsValueCreated)
        {
            Loaded.Value.Dispose();
        }
    }

    [Test]
    public void The_file_is_small_and_says_what_it_is()
    {
        GgufFile file = GgufFile.Read(TestModels.Companion);
        Assert.Multiple(() =>
        {
            Assert.That(new FileInfo(TestModels.Companion).Length, Is.AtMost(4_000_000));
            Assert.That(file.Facts.Architecture, Is.EqualTo("llama"));
            Assert.That(file.Facts.ContextLength, Is.AtLeast(512));
            Assert.That(file.Facts.VocabularySize, Is.InRange(1024, 2048));
            Assert.That(file.Facts.ChatTemplate, Does.Contain("<|assistant|>"));
            Assert.That(file.Facts.Sampling.Temperature, Is.InRange(0.1f, 1.5f));
            foreach ((string key, string value) in (ReadOnlySpan<(string, string)>)[("general.name", "Minilm Companion"), ("general.author", "The Minilm authors"), ("general.license", "mit")])
            {
                Assert.That(file.TryGetString(key, out string? text) ? text : null, Is.EqualTo(value), key);
            }
            Assert.That(file.TryGetString("general.version", out _), Is.True);
        });
    }

    [TestCase("Plain words, and 12 numbers: 3.5 %.")]
    [TestCase("  blanks  at   the ends  ")]
    [TestCase("tabs\tand\nlines\r\n\nand no end")]
    [TestCase("Grüße, Ελληνικά, 日本語, 👩‍👩‍👧 and \u0000 as well")]
    [TestCase("<|system|> is ten characters here")]
    public void Any_text_comes_back_as_it_was(string text)
    {
        int[] tokens = Loaded.Value.Vocab.Tokenize(text);
        Assert.That(Loaded.Value.Vocab.Detokenize(tokens), Is.EqualTo(text));
        Assert.That(tokens.Any(Loaded.Value.Vocab.IsControl), Is.False);
    }

    [TestCaseSource(nameof(Characters))]
    public async Task Each_character_answers_with_it(string name)
    {
        CharacterCard card = CompanionWorkplace.Value.Cards[name];
        using var manager = new DialogManager(card, new DialogManagerOptions { Seed = 1 });
        await manager.PrepareAsync();
        DialogResponse reply = await manager.RespondAsync(new DialogContext { Trigger = DialogTriggers.Talk, UserText = "How are you?", Mood = 70 });
        Assert.Multiple(() =>
        {
            Assert.That(reply.Backend, Is.EqualTo("llm"));
            Assert.That(reply.ModelBackend, Is.EqualTo(ModelInfo.BackendLlama));
            Assert.That(reply.Text, Does.Match("[.!?]$"));
            Assert.That(card.DialogBackend!.Backends["llm"].GetProperty("contextSize").GetInt32(), Is.AtMost(Loaded.Value.ContextSize));
        });
    }

    // The thresholds are below what is measured (assets/models/README.md), so that only a broken model fails.
    [Test]
    public void Its_replies_to_what_it_never_saw_fit_and_keep_the_temperament()
    {
        Workplace workplace = CompanionWorkplace.Value;
        var gold = new Gold(workplace, trainingDialogs: 0, freshDialogs: 100_000);
        var random = new Random(11);
        JudgedReply[] replies = [.. Enumerable.Range(0, 200).Select(i =>
        {
            SampledDialog dialog = workplace.Dialogs.Sample(random, Split.HeldOut);
            return new JudgedReply(dialog, Loaded.Value.PredictChat(dialog.Messages(), new CompletionOptions { MaxTokens = 60, Seed = (uint)i }).Text.Trim());
        })];
        var scores = new Scores(replies, gold);
        Assert.Multiple(() =>
        {
            Assert.That(scores.Fit, Is.GreaterThan(0.83));
            Assert.That(scores.Grammatical, Is.GreaterThan(0.85));
            Assert.That(scores.Temperament, Is.GreaterThan(0.9));
        });
    }

    private static IEnumerable<string> Characters() => CompanionWorkplace.Value.Cards.Keys;
}
