using System.Globalization;
using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Backends.Markov;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Backends;

[TestFixture]
public class MarkovBackendTests
{
    private static readonly MarkovConfig Config = new() { TrainingData = BackendCards.Lines };

    [Test]
    public async Task RespondAsync_uses_only_words_of_the_training_data()
    {
        HashSet<string> words = [.. BackendCards.Lines.SelectMany(line => line.Split(' '))];
        using var backend = new MarkovBackend(Config, BackendCards.Card(), seed: 1);

        List<string> texts = await backend.Texts(500, BackendCards.Request("talk", userText: "Tell me about zeppelins."));

        Assert.That(texts.SelectMany(text => text.Split(' ')).Except(words), Is.Empty);
    }

    [Test]
    public async Task RespondAsync_makes_lines_that_are_not_in_the_training_data()
    {
        using var backend = new MarkovBackend(Config, BackendCards.Card(), seed: 1);

        List<string> texts = await backend.Texts(200);

        Assert.That(texts.Except(BackendCards.Lines).Count(), Is.GreaterThan(10));
        Assert.That(texts.Intersect(BackendCards.Lines).Count(), Is.GreaterThan(5));
    }

    [Test]
    public async Task RespondAsync_crosses_lines_where_clauses_meet_rather_than_in_their_middle()
    {
        int middle = await Crossed("a{0} b{0} the c{0} d{0}.");
        int comma = await Crossed("a{0} b, c{0} d{0}.");
        int behindComma = await Crossed("a{0} b{0}, and c{0} d{0}.");

        Assert.That(middle, Is.Positive);
        Assert.That(comma, Is.GreaterThan(3 * middle));
        Assert.That(behindComma, Is.GreaterThan(3 * middle));

        static async Task<int> Crossed(string line)
        {
            string[] lines = [.. Enumerable.Range(0, 12).Select(i => string.Format(CultureInfo.InvariantCulture, line, i))];
            using var backend = new MarkovBackend(new MarkovConfig { TrainingData = lines, TemperatureMin = 1, TemperatureMax = 1 }, BackendCards.Card(), seed: 1);
            return (await backend.Texts(2000)).Count(text => !lines.Contains(text, StringComparer.Ordinal));
        }
    }

    [Test]
    public async Task RespondAsync_keeps_to_the_limits_and_ends_where_a_line_ends(
        [Values(1, 2, 3, 4, 5)] int order, [Values(1, 4, 7)] int minWords, [Values(10, 13, 50)] int maxWords)
    {
        string[] ends = [.. BackendCards.Lines.Select(line => line.Split(' ')[^1])];
        using var backend = new MarkovBackend(Config with { ChainOrder = order, MinWords = minWords, MaxWords = maxWords, TemperatureMax = 2 }, BackendCards.Card(), seed: 1);

        foreach (string text in await backend.Texts(300))
        {
            string[] words = text.Split(' ');
            Assert.That(words, Has.Length.InRange(minWords, maxWords), text);
            Assert.That(ends, Does.Contain(words[^1]), text);
        }
    }

    [Test]
    public async Task RespondAsync_cuts_at_the_most_words_when_no_line_is_that_short()
    {
        using var backend = new MarkovBackend(Config with { MinWords = 2, MaxWords = 3 }, BackendCards.Card(), seed: 1);

        List<DialogResponse> responses = await backend.Ask(100);

        Assert.That(responses.Select(response => response.Text.Split(' ').Length), Has.All.LessThanOrEqualTo(3));
        Assert.That(responses.Select(response => response.Confidence), Has.Some.LessThan(0.5));
    }

    [Test]
    public async Task RespondAsync_ends_with_a_sentence_when_the_line_goes_on_for_too_long()
    {
        string[] lines = [.. Enumerable.Range(0, 12).Select(i => $"Look here, number{i}! Behind it{i} comes{i} much{i} more{i} than{i} fits{i}")];
        using var backend = new MarkovBackend(Config with { TrainingData = lines, MaxWords = 6 }, BackendCards.Card(), seed: 1);

        Assert.That(await backend.Texts(100), Has.All.Match("^Look here, number[0-9]+!$"));
    }

    [Test]
    public async Task RespondAsync_goes_on_with_another_line_when_one_is_too_short()
    {
        string[] lines = [.. "abcdefghijkl".Select(c => $"{c}1 {c}2.")];
        using var backend = new MarkovBackend(Config with { TrainingData = lines, MinWords = 4, MaxWords = 5 }, BackendCards.Card(), seed: 1);

        Assert.That(await backend.Texts(100), Has.All.Match("^([a-l])1 \\1{1}2\\. ([a-l])1 \\2{1}2\\.$"));
    }

    [Test]
    public async Task RespondAsync_says_the_same_when_the_seed_is_the_same()
    {
        using var one = new MarkovBackend(Config, BackendCards.Card(), seed: 7);
        using var same = new MarkovBackend(Config, BackendCards.Card(), seed: 7);
        using var other = new MarkovBackend(Config, BackendCards.Card(), seed: 8);
        using var unseeded = new MarkovBackend(Config, BackendCards.Card());

        List<DialogResponse> responses = await one.Ask(50);

        Assert.That((await same.Ask(50)).Select(r => (r.Text, r.Confidence)), Is.EqualTo(responses.Select(r => (r.Text, r.Confidence))));
        Assert.That((await other.Ask(50)).Select(r => r.Text), Is.Not.EqualTo(responses.Select(r => r.Text)));
        Assert.That((await unseeded.Ask(50)).Select(r => r.Text), Is.Not.EqualTo(responses.Select(r => r.Text)));
    }

    [Test]
    public async Task RespondAsync_does_not_say_again_what_it_said_last()
    {
        using var backend = new MarkovBackend(Config, BackendCards.Card(), seed: 1);
        string before = (await backend.Texts(1))[0];

        for (int i = 0; i < 300; i++)
        {
            string text = (await backend.Texts(1, BackendCards.Request(replies: ["Some reply of a model.", before])))[0];
            Assert.That(text, Is.Not.EqualTo(before));
            before = text;
        }
    }

    [Test]
    public async Task RespondAsync_is_less_sure_when_it_must_repeat_itself()
    {
        using var backend = new MarkovBackend(Config with { TrainingData = ["one two three four five six seven eight nine ten."] }, BackendCards.Card(), seed: 1);

        DialogResponse first = (await backend.Ask(1))[0];
        DialogResponse second = (await backend.Ask(1, BackendCards.Request(replies: first.Text)))[0];

        Assert.That(second.Text, Is.EqualTo(first.Text));
        Assert.That(second.Confidence, Is.EqualTo(first.Confidence / 2).Within(1e-9));
    }

    [Test]
    public async Task RespondAsync_varies_more_when_the_temperature_is_higher()
    {
        string[] lines = [.. BackendCards.Lines, .. Enumerable.Repeat("The lamp is lit, come in.", 4)];
        async Task<int> Lamps(double temperature)
        {
            using var backend = new MarkovBackend(Config with { TrainingData = lines, TemperatureMin = temperature, TemperatureMax = temperature }, BackendCards.Card(), seed: 1);
            return (await backend.Texts(300)).Count(text => text == "The lamp is lit, come in.");
        }

        Assert.That(await Lamps(0), Is.EqualTo(300));
        Assert.That(await Lamps(0.5), Is.InRange(100, 299));
        Assert.That(await Lamps(2), Is.LessThan(100));
    }

    [Test]
    public async Task RespondAsync_is_livelier_when_the_traits_are()
    {
        MarkovConfig config = Config with { TrainingData = [.. BackendCards.Lines, .. Enumerable.Repeat("The lamp is lit, come in.", 4)], TemperatureMin = 0, TemperatureMax = 2 };
        async Task<int> Lamps(MarkovConfig settings, Dictionary<string, double>? card, Dictionary<string, double>? context = null)
        {
            using var backend = new MarkovBackend(settings, BackendCards.Card(traits: card), seed: 1);
            var request = new DialogRequest { Context = new DialogContext { Trigger = "click", Traits = context } };
            return (await backend.Texts(300, request)).Count(text => text == "The lamp is lit, come in.");
        }

        Dictionary<string, double> lively = new() { ["Playfulness"] = 1, ["energetic"] = 1, ["romanticism"] = 0.3 };
        Dictionary<string, double> calm = new() { ["shyness"] = 1, ["patience"] = 7, ["calm"] = double.NaN };

        int calmLamps = await Lamps(config, calm);
        int neutralLamps = await Lamps(config, null);
        int livelyLamps = await Lamps(config, lively);

        Assert.That(calmLamps, Is.EqualTo(300));
        Assert.That(neutralLamps, Is.InRange(livelyLamps + 1, calmLamps - 1));
        Assert.That(await Lamps(config, calm, lively), Is.EqualTo(livelyLamps), "the situation's traits before the card's");
        Assert.That(await Lamps(config with { UsePersonality = false }, calm), Is.InRange(livelyLamps + 1, calmLamps - 1), "drawn between the limits");
    }

    [Test]
    public async Task RespondAsync_prefers_the_lines_of_the_trigger_when_told_so()
    {
        CharacterCard card = BackendCards.Card(
            false, null,
            BackendCards.Dialog("feed", "happy", "Crumbs on my chin, bliss in my heart.", "Pancakes at noon, what luck is this!"),
            BackendCards.Dialog("pet", null, "Behind the ears, please."));
        using var specific = new MarkovBackend(Config with { TriggerSpecific = true }, card, seed: 1);
        using var common = new MarkovBackend(Config, card, seed: 1);
        int Own(List<string> texts) => texts.Count(text => text.StartsWith("Crumbs", StringComparison.Ordinal) || text.StartsWith("Pancakes", StringComparison.Ordinal));

        Assert.That(Own(await specific.Texts(200, BackendCards.Request("feed"))), Is.GreaterThan(200 * 2 / 14)); // 2 of 14 lines
        Assert.That(Own(await specific.Texts(200, BackendCards.Request("pet"))), Is.Zero);
        Assert.That(Own(await specific.Texts(200, BackendCards.Request("hover"))), Is.Zero);
        Assert.That(Own(await common.Texts(200, BackendCards.Request("feed"))), Is.Zero);
    }

    [Test]
    public async Task RespondAsync_shows_the_animation_of_the_trigger_when_the_card_has_it()
    {
        CharacterCard card = BackendCards.Card(false, null, BackendCards.Dialog("feed", "happy", "Yum."), BackendCards.Dialog("pet", "purring", "Mm."));
        using var backend = new MarkovBackend(Config, card, seed: 1);

        Assert.That((await backend.Ask(1, BackendCards.Request("feed")))[0].Animation, Is.EqualTo("happy"));
        Assert.That((await backend.Ask(1, BackendCards.Request("pet")))[0].Animation, Is.EqualTo("talking"));
        Assert.That((await backend.Ask(1, BackendCards.Request("idle")))[0].Animation, Is.EqualTo("talking"));
    }

    [Test]
    public async Task RespondAsync_joins_no_words_with_spaces_when_the_lines_have_none()
    {
        string[] lines = ["今日は雨、お茶にしよう。", "おかえり！待っていたよ。", "窓のそば、猫が寝ている。", "お茶にしよう。歌がいい？", "静かな朝、猫と庭へ。", "「ねえ」、本を読もう。"];
        using var backend = new MarkovBackend(Config with { TrainingData = lines, MinWords = 2, MaxWords = 4 }, BackendCards.Card(), seed: 1);

        Assert.That(backend.CanHandle(BackendCards.Request().Context), Is.True);
        List<string> texts = await backend.Texts(200);

        Assert.That(texts, Has.None.Contains(" "));
        Assert.That(texts, Has.All.Match("[。？]$"));
        Assert.That(texts.Intersect(lines), Is.Not.Empty);
    }

    [Test]
    public async Task RespondAsync_keeps_emoji_whole()
    {
        string[] lines = [.. BackendCards.Lines.Select(line => line + " 👩‍🚀"), "Hearts ❤️ for breakfast 🥞!"];
        using var backend = new MarkovBackend(Config with { TrainingData = lines }, BackendCards.Card(), seed: 1);

        Assert.That(await backend.Texts(200), Has.All.Match("(👩‍🚀|🥞!)$"));
    }

    [TestCase]
    [TestCase("")]
    [TestCase("   ", "\t")]
    [TestCase("Oh, it is you.", "Good to see you.")]
    [TestCase("one two three four five six seven eight nine ten eleven twelve")]
    public void CanHandle_refuses_when_there_is_too_little_to_make_lines_from(params string[] lines)
    {
        using var backend = new MarkovBackend(Config with { TrainingData = lines }, BackendCards.Card());

        Assert.That(backend.CanHandle(BackendCards.Request().Context), Is.False);
    }

    [TestCase("a b c d e", "f g h i", true)]
    [TestCase("a b c d e", "f g h", false)]
    public void CanHandle_wants_two_starters_and_ten_states(string first, string second, bool expected)
    {
        using var backend = new MarkovBackend(Config with { TrainingData = [first, second] }, BackendCards.Card());

        Assert.That(backend.CanHandle(BackendCards.Request().Context), Is.EqualTo(expected));
    }

    [Test]
    public async Task RespondAsync_says_a_fallback_phrase_when_the_chain_finds_nothing()
    {
        using var backend = new MarkovBackend(Config with { TrainingData = ["Short."], FallbackPhrases = ["Hm.", " ", "Let me think."] }, BackendCards.Card(), seed: 1);

        List<DialogResponse> responses = await backend.Ask(50);

        Assert.That(responses.Select(response => response.Text).Distinct(), Is.EquivalentTo(["Hm.", "Let me think."]));
        Assert.That(responses, Has.All.Matches<DialogResponse>(response => response is { IsFallback: true, Confidence: 0.2 }));
        Assert.That(responses[0].FallbackReason, Does.Contain("1 starters and 2 states"));
    }

    [Test]
    public void RespondAsync_fails_when_there_is_nothing_to_say()
    {
        using var backend = new MarkovBackend(Config with { TrainingData = [] }, BackendCards.Card(), seed: 1);

        Assert.That(async () => await backend.RespondAsync(BackendCards.Request(), CancellationToken.None), Throws.TypeOf<DialogException>().With.Message.Contains("Tilda").And.Message.Contains("trainingData"));
    }

    [Test]
    public void RespondAsync_is_cancelled_when_the_token_is()
    {
        using var backend = new MarkovBackend(Config, BackendCards.Card(), seed: 1);

        Assert.That(async () => await backend.RespondAsync(BackendCards.Request(), new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase("chainOrder", 0)]
    [TestCase("chainOrder", 6)]
    [TestCase("maxWords", 51)]
    [TestCase("minWords", 0)]
    [TestCase("minWords", 13)]
    [TestCase("temperatureMax", 2.1)]
    [TestCase("temperatureMin", -0.1)]
    [TestCase("temperatureMin", 0.9)]
    [TestCase("learningRate", double.NaN)]
    public void Constructor_refuses_a_setting_out_of_its_range(string key, double value)
    {
        MarkovConfig config = key switch
        {
            "chainOrder" => Config with { ChainOrder = (int)value },
            "maxWords" => Config with { MaxWords = (int)value },
            "minWords" => Config with { MinWords = (int)value },
            "temperatureMax" => Config with { TemperatureMax = value },
            "temperatureMin" => Config with { TemperatureMin = value },
            _ => Config with { LearningRate = value },
        };

        Assert.That(() => new MarkovBackend(config, BackendCards.Card()), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains($"'{key}'"));
    }
}
