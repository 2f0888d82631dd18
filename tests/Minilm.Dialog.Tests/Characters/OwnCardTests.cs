using System.Text.Json;
using Minilm.Dialog;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Characters;

/// <summary>The cards of this repository: complete, in range, and each with a voice of its own.</summary>
[TestFixture]
public sealed class OwnCardTests
{
    private static IEnumerable<TestCaseData> Files => CardFiles.Own();

    [Test]
    public void There_are_six_of_different_names()
    {
        string[] names = [.. Files.Select(file => CharacterCard.Load((string)file.Arguments[0]!).Name)];
        Assert.That(names, Has.Length.AtLeast(6).And.Unique);
    }

    [TestCaseSource(nameof(Files))]
    public void Each_answers_every_trigger_with_an_animation_that_it_has(string file)
    {
        CharacterCard card = CharacterCard.Load(file);
        Assert.That(card.Dialogs.Select(dialog => dialog.Trigger), Is.EqualTo(DialogTriggers.All));
        Assert.Multiple(() =>
        {
            foreach (CardDialog dialog in card.Dialogs)
            {
                Assert.That(dialog.Responses, Has.Count.InRange(3, 6).And.Unique, dialog.Trigger);
                Assert.That(card.AnimationFor(dialog.Trigger), Is.EqualTo(dialog.Animation).And.Not.Null, dialog.Trigger);
            }

            Assert.That(card.Animations.Keys, Is.SupersetOf(new[] { "idle", "talking", "happy", "sad", "excited", "shy", "thinking", "eating" }));
            Assert.That(card.Animations, Is.All.Matches<KeyValuePair<string, string>>(animation => animation.Value == $"animations/{animation.Key}.gif"));
            Assert.That(card.Traits, Has.Count.AtLeast(5));
            Assert.That(card.Remarks, Is.Empty);
            Assert.That(card.Other, Is.Null);
        });
    }

    [TestCaseSource(nameof(Files))]
    public void Each_asks_a_model_then_its_chain_then_its_lines(string file)
    {
        DialogBackendConfig config = CharacterCard.Load(file).DialogBackend!;
        Assert.Multiple(() =>
        {
            Assert.That(config.Enabled, Is.True);
            Assert.That(config.DefaultBackend, Is.EqualTo("llm"));
            Assert.That(config.FallbackChain, Is.EqualTo(new[] { "markov_chain", "simple_random" }));
            Assert.That(config.ConfidenceThreshold, Is.EqualTo(0.6));
            Assert.That(config.MemoryEnabled, Is.True);
            Assert.That(config.LearningEnabled, Is.False);
            Assert.That(config.ResponseTimeout, Is.EqualTo(3000));
            Assert.That(config.Backends.Keys, Is.EquivalentTo(new[] { "llm", "markov_chain", "simple_random" }));
            Assert.That(config.Other, Is.Null);
        });

        LlmBackendConfig llm = LlmBackendConfig.Parse(config.Backends["llm"], "$.dialogBackend.backends.llm");
        Assert.Multiple(() =>
        {
            Assert.That(llm.ModelPath, Is.EqualTo("../../models/minilm-companion.gguf"));
            Assert.That(llm.SystemPrompt, Is.Not.Null);
            Assert.That(llm.TimeoutMs, Is.LessThan(config.ResponseTimeout), "time for the rest of the chain");
            Assert.That(llm.FallbackEnabled, Is.False, "the chain answers when the model cannot");
            Assert.That(llm.MarkovChain!.TrainingData, Has.Count.InRange(3, 5));
            Assert.That(llm.MarkovChain.FallbackPhrases, Is.Not.Empty);
            Assert.That(llm.UnknownKeys.Concat(llm.MarkovChain.UnknownKeys), Is.Empty);
        });
    }

    [TestCaseSource(nameof(Files))]
    public void Each_trains_a_chain_that_finds_new_sentences(string file)
    {
        MarkovConfig chain = ChainOf(CharacterCard.Load(file));
        Assert.Multiple(() =>
        {
            Assert.That(chain.TrainingData, Has.Count.AtLeast(40).And.Unique);
            Assert.That(chain.FallbackPhrases, Has.Count.AtLeast(4).And.Unique);
            Assert.That(chain.TriggerSpecific, Is.True);
            Assert.That(chain.UnknownKeys, Is.Empty);
            Assert.That(
                chain.TrainingData.Select(line => line.Split(' ').Length),
                Is.All.InRange(chain.MinWords, chain.MaxWords),
                "a line that the limits allow as a whole");
        });

        // A chain leaves a line where two words of it go on differently in another.
        Dictionary<(string, string), HashSet<string>> following = [];
        foreach (string[] words in chain.TrainingData.Select(line => line.Split(' ')))
        {
            for (int i = 0; i + 2 < words.Length; i++)
            {
                (string, string) state = (words[i], words[i + 1]);
                (following.TryGetValue(state, out HashSet<string>? next) ? next : following[state] = []).Add(words[i + 2]);
            }
        }

        Assert.That(following.Values.Count(next => next.Count > 1), Is.AtLeast(10));
    }

    [Test]
    public void No_line_is_said_by_two_of_them()
    {
        IEnumerable<string> lines = Files
            .Select(file => CharacterCard.Load((string)file.Arguments[0]!))
            .SelectMany(card => card.Dialogs.SelectMany(dialog => dialog.Responses).Concat(ChainOf(card).TrainingData).Concat(ChainOf(card).FallbackPhrases));
        Assert.That(lines, Is.Unique);
    }

    private static MarkovConfig ChainOf(CharacterCard card)
    {
        JsonElement settings = card.DialogBackend!.Backends["markov_chain"];
        return MarkovConfig.Parse(settings, "$.dialogBackend.backends.markov_chain");
    }
}
