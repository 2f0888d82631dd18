using Minilm.Companion.Dialogs;
using Minilm.Companion.Evaluation;
using Minilm.Companion.Grammar;
using Minilm.Dialog;

namespace Minilm.Tests.Companion;

/// <summary>The dialogs that are sampled from the grammar.</summary>
[TestFixture]
public sealed class DialogSamplerTests
{
    private static DialogSampler Sampler => CompanionWorkplace.Value.Dialogs;

    [Test]
    public void The_same_seed_gives_the_same_dialogs()
    {
        string[] once = Texts(5);
        string[] again = Texts(5);
        Assert.That(again, Is.EqualTo(once));
        Assert.That(once, Is.Not.EqualTo(Texts(6)));

        static string[] Texts(int seed) => [.. Sample(seed, 20).SelectMany(dialog => dialog.Messages()).Select(message => message.Content)];
    }

    [Test]
    public void Dialogs_cover_every_temperament_trigger_topic_and_kind_of_turn()
    {
        SampledDialog[] dialogs = [.. Sample(1, 20_000)];
        SampledTurn[] turns = [.. dialogs.SelectMany(dialog => dialog.Turns)];
        Assert.Multiple(() =>
        {
            Assert.That(dialogs.Select(dialog => dialog.Persona.Temperament).Distinct(), Is.EquivalentTo(Temperaments.All));
            Assert.That(dialogs.Select(dialog => dialog.Turns.Count).Distinct(), Is.EquivalentTo(new[] { 1, 2, 3, 4, 5, 6 }));
            Assert.That(turns.Select(turn => turn.Trigger).Distinct(StringComparer.Ordinal), Is.EquivalentTo(DialogTriggers.All));
            Assert.That(turns.Select(turn => turn.Topic).Distinct().Count(), Is.EqualTo(CompanionWorkplace.Value.Grammar.Topics.Count + DialogTriggers.All.Count));
            Assert.That(turns.Select(turn => turn.Kind).Distinct(), Is.EquivalentTo(Enum.GetValues<TurnKind>()));
            Assert.That(turns.Select(turn => turn.Reply), Is.All.Length.InRange(1, 150));
            Assert.That(turns.Count(turn => TopicClassifier.Fits(turn.Topic, turn.Reply, turn.Values)) / (double)turns.Length, Is.GreaterThan(0.98));
        });
    }

    [Test]
    public void What_a_reply_may_repeat_is_typed_without_slips()
    {
        var random = new Random(1);
        string[] typed = [.. Enumerable.Range(0, 5_000).Select(_ => UserStyle.Apply(random, "You are so fond of the square of a map, are you?", "Moss", ["the square of a map"]))];
        Assert.Multiple(() =>
        {
            Assert.That(typed, Is.All.Contains("the square of a map").IgnoreCase);
            Assert.That(typed, Has.Some.Contains(" r "));
            Assert.That(typed.Distinct(StringComparer.Ordinal).Count(), Is.GreaterThan(100));
        });
    }

    [Test]
    public void Names_keep_their_capitals_and_other_values_start_with_one_only_at_the_start()
    {
        string[] named = Typed("Ada is who I am. I bake.", "Ada");
        string[] started = Typed("Plum cake is what I like.", "plum cake");
        Assert.Multiple(() =>
        {
            Assert.That(named, Is.All.Contains("Ada"));
            Assert.That(named, Has.Some.StartsWith("Ada is who i am"));
            Assert.That(started, Is.All.Matches("^Plum cake|plum cake"));
            Assert.That(started, Has.None.Matches(".Plum"));
            Assert.That(started.Count(text => text.StartsWith("Plum", StringComparison.Ordinal)), Is.InRange(1_000, 3_000));
        });

        static string[] Typed(string text, string value)
        {
            var random = new Random(1);
            return [.. Enumerable.Range(0, 5_000).Select(_ => UserStyle.Apply(random, text, "Moss", [value]))];
        }
    }

    [Test]
    public void A_held_out_persona_is_new()
    {
        HashSet<string> trained = [.. Sample(1, 5_000).Select(dialog => dialog.Persona.Name)];
        HashSet<string> heldOut = [.. Sample(2, 5_000, Split.HeldOut).Select(dialog => dialog.Persona.Name)];
        Assert.That(heldOut, Has.Count.AtLeast(6));
        Assert.That(heldOut.Intersect(trained), Is.Empty);
    }

    [Test]
    public void Training_makes_up_values_and_none_that_is_held_out()
    {
        Topic food = CompanionWorkplace.Value.Grammar.Topics.Single(topic => topic.Name == "food");
        IReadOnlyList<string> listed = food.Values("dish", Split.Training), heldOut = food.Values("dish", Split.HeldOut);
        string[] trained = Dishes(Sampler, Split.Training);
        Assert.Multiple(() =>
        {
            Assert.That(trained.Distinct(StringComparer.Ordinal).Count(), Is.GreaterThan(5 * listed.Count));
            Assert.That(trained.Intersect(listed), Is.EquivalentTo(listed));
            Assert.That(trained.Intersect(heldOut), Is.Empty);
            Assert.That(Dishes(Sampler, Split.HeldOut).Distinct(), Is.EquivalentTo(heldOut));
            Assert.That(Dishes(CompanionWorkplace.Value.ListedDialogs, Split.Training).Distinct(), Is.EquivalentTo(listed));
        });

        string[] Dishes(DialogSampler sampler, Split split) =>
            [.. Sample(8, 20_000, split, sampler).SelectMany(dialog => dialog.Turns).Where(turn => turn.Topic == food && turn.Group == "dish").SelectMany(turn => turn.Values)];
    }

    [Test]
    public void A_recall_repeats_what_was_said()
    {
        SampledTurn[] recalls = [.. Sample(3, 10_000).SelectMany(dialog => dialog.Turns).Where(turn => turn.Kind == TurnKind.Recall)];
        Assert.That(recalls, Has.Length.AtLeast(100));
        Assert.That(recalls.Count(turn => turn.Values.Any(value => turn.Reply.Contains(value, StringComparison.OrdinalIgnoreCase))) / (double)recalls.Length, Is.GreaterThan(0.9));
    }

    [Test]
    public void The_prompt_is_the_one_of_the_dialog_system()
    {
        SampledDialog dialog = Sample(4, 200).First(dialog => dialog.Turns is [{ UserText: not null }, { UserText: not null }] && dialog.Persona is { Mood: > 0, UserName: not null });
        IReadOnlyList<ChatMessage> messages = dialog.Messages();
        Assert.Multiple(() =>
        {
            Assert.That(messages.Select(message => message.Role), Is.EqualTo(new[] { "system", "user", "assistant", "user" }));
            Assert.That(messages[0].Content, Does.Contain("Mood: ").And.Contain($"The user's name: {dialog.Persona.UserName}"));
            Assert.That(messages[1].Content, Is.EqualTo(dialog.Turns[0].UserText));
            Assert.That(messages[2].Content, Is.EqualTo(dialog.Turns[0].Reply));
        });
    }

    private static IEnumerable<SampledDialog> Sample(int seed, int count, Split split = Split.Training, DialogSampler? sampler = null)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => (sampler ?? Sampler).Sample(random, split));
    }
}
