using Minilm.Dialog;
using Minilm.Dialog.Backends.Markov;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Backends;

[TestFixture]
public class MarkovLearningTests
{
    private const int Replies = 600;
    private const string Line = "Every cup of tea is a small holiday.";

    private static readonly MarkovConfig Config = new() { TrainingData = BackendCards.Lines, TemperatureMin = 1, TemperatureMax = 1 };

    [Test]
    public async Task Learn_makes_a_line_likelier_when_it_was_liked()
    {
        int before = await Count(_ => { });
        int after = await Count(backend => Feed(backend, new DialogFeedback(Positive: true), times: 10));

        Assert.That(after, Is.GreaterThan(before * 3 / 2));
    }

    [Test]
    public async Task Learn_makes_a_line_less_likely_when_it_was_disliked()
    {
        int before = await Count(_ => { });
        int after = await Count(backend => Feed(backend, new DialogFeedback(Positive: false), times: 10));

        Assert.That(after, Is.LessThan(before * 2 / 3));
    }

    [Test]
    public async Task Learn_takes_back_what_it_learned_when_the_same_is_disliked()
    {
        int before = await Count(_ => { });
        int after = await Count(backend =>
        {
            Feed(backend, new DialogFeedback(Positive: true, Engagement: 1), times: 4);
            Feed(backend, new DialogFeedback(Positive: false, Engagement: 1), times: 4);
        });

        Assert.That(after, Is.EqualTo(before).Within(3)); // sums of floats
    }

    [Test]
    public async Task Learn_learns_more_from_more_engagement()
    {
        int little = await Count(backend => Feed(backend, new DialogFeedback(Positive: true, Engagement: 0), times: 8));
        int much = await Count(backend => Feed(backend, new DialogFeedback(Positive: true, Engagement: 1), times: 8));

        Assert.That(much, Is.GreaterThan(little));
    }

    [Test]
    public async Task Learn_never_lets_one_line_take_over_or_vanish()
    {
        int liked = await Count(backend => Feed(backend, new DialogFeedback(Positive: true, Engagement: double.PositiveInfinity), times: 20_000));
        int disliked = await Count(backend => Feed(backend, new DialogFeedback(Positive: false, Engagement: double.NaN), times: 20_000));

        Assert.That(liked, Is.InRange(Replies / 10, Replies * 3 / 4));
        Assert.That(disliked, Is.InRange(1, Replies / 10));
    }

    [Test]
    public async Task Learn_leaves_all_as_it_was_when_the_card_does_not_learn()
    {
        int before = await Count(_ => { });

        Assert.That(await Count(backend => Feed(backend, new DialogFeedback(Positive: true), times: 10), learns: false), Is.EqualTo(before));
        Assert.That(await Count(backend => Feed(backend, new DialogFeedback(Positive: true), times: 10), config: Config with { LearningRate = 0 }), Is.EqualTo(before));
    }

    [Test]
    public async Task Learn_learns_no_words_that_are_not_in_the_training_data()
    {
        using var untouched = new MarkovBackend(Config, BackendCards.Card(learns: true), seed: 1);
        using var backend = new MarkovBackend(Config, BackendCards.Card(learns: true), seed: 1);
        foreach (string reply in new[] { "Zeppelins over the garden!", "Every cup of tea is a small zeppelin.", "", "holiday. Every" })
        {
            backend.Learn(BackendCards.Exchange(reply), new DialogFeedback(Positive: true));
        }

        Assert.That(await backend.Texts(200), Is.EqualTo(await untouched.Texts(200)));
    }

    [Test]
    public async Task Learn_follows_a_reply_of_two_sentences()
    {
        string[] lines = [.. "abcdefghijkl".Select(c => $"{c}1 {c}2.")];
        MarkovConfig config = Config with { TrainingData = lines, MinWords = 4, MaxWords = 5 };
        int Pairs(List<string> texts) => texts.Count(text => text == "c1 c2. k1 k2.");
        using var untouched = new MarkovBackend(config, BackendCards.Card(learns: true), seed: 1);
        using var backend = new MarkovBackend(config, BackendCards.Card(learns: true), seed: 1);
        for (int i = 0; i < 40; i++)
        {
            backend.Learn(BackendCards.Exchange("c1 c2. k1 k2."), new DialogFeedback(Positive: true));
        }

        Assert.That(Pairs(await backend.Texts(Replies)), Is.GreaterThan(2 * Pairs(await untouched.Texts(Replies))));
    }

    [Test]
    public async Task Learn_keeps_what_was_liked_to_its_trigger_when_triggers_have_their_own_chains()
    {
        CharacterCard card = BackendCards.Card(true, null, BackendCards.Dialog("feed", null, "Yum, a second plate!"));
        using var untouched = new MarkovBackend(Config with { TriggerSpecific = true }, card, seed: 1);
        using var backend = new MarkovBackend(Config with { TriggerSpecific = true }, card, seed: 1);
        Feed(backend, new DialogFeedback(Positive: true), times: 20, trigger: "feed");

        Assert.That(await backend.Texts(100), Is.EqualTo(await untouched.Texts(100)));
        Assert.That(await backend.Texts(100, BackendCards.Request("feed")), Is.Not.EqualTo(await untouched.Texts(100, BackendCards.Request("feed"))));
    }

    [Test]
    public void Learn_and_RespondAsync_work_at_the_same_time()
    {
        HashSet<string> words = [.. BackendCards.Lines.SelectMany(line => line.Split(' '))];
        using var backend = new MarkovBackend(Config, BackendCards.Card(learns: true), seed: 1);

        Parallel.For(0, 32, i =>
        {
            for (int round = 0; round < 100; round++)
            {
                string text = backend.Texts(1).GetAwaiter().GetResult()[0];
                Assert.That(text.Split(' ').Except(words), Is.Empty);
                backend.Learn(BackendCards.Exchange(text), new DialogFeedback(Positive: i % 2 == 0));
            }
        });
    }

    private static async Task<int> Count(Action<MarkovBackend> teach, bool learns = true, MarkovConfig? config = null)
    {
        using var backend = new MarkovBackend(config ?? Config, BackendCards.Card(learns), seed: 1);
        teach(backend);
        return (await backend.Texts(Replies)).Count(text => text == Line);
    }

    private static void Feed(MarkovBackend backend, DialogFeedback feedback, int times, string trigger = DialogTriggers.Click)
    {
        for (int i = 0; i < times; i++)
        {
            backend.Learn(BackendCards.Exchange(Line, trigger), feedback);
        }
    }
}
