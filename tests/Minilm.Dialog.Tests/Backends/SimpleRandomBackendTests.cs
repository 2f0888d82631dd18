using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Backends;

[TestFixture]
public class SimpleRandomBackendTests
{
    private static readonly CharacterCard Tilda = BackendCards.Card(
        learns: false,
        traits: null,
        BackendCards.Dialog("click", "happy", "One.", "Two."),
        BackendCards.Dialog("click", "dancing", "Three.", "  ", "Two."),
        BackendCards.Dialog("talk", null, "I hear you."),
        BackendCards.Dialog("feed", null));

    [Test]
    public async Task RespondAsync_says_every_line_of_the_trigger_and_no_other()
    {
        using var backend = new SimpleRandomBackend(Tilda, seed: 1);

        List<string> texts = await backend.Texts(100);

        Assert.That(texts.Distinct(), Is.EquivalentTo(["One.", "Two.", "Three."]));
    }

    [Test]
    public async Task RespondAsync_says_nothing_twice_in_a_row_in_one_conversation()
    {
        using var backend = new SimpleRandomBackend(Tilda, seed: 1);
        List<string> first = [];
        List<string> second = [];

        for (int i = 0; i < 100; i++)
        {
            first.AddRange(await backend.Texts(1, BackendCards.Request(conversation: "first")));
            second.AddRange(await backend.Texts(1, BackendCards.Request(conversation: "second")));
        }

        Assert.That(first.Zip(first.Skip(1)).Where(pair => pair.First == pair.Second), Is.Empty);
        Assert.That(second.Zip(second.Skip(1)).Where(pair => pair.First == pair.Second), Is.Empty);
    }

    [Test]
    public async Task RespondAsync_repeats_a_line_when_there_is_no_other()
    {
        using var backend = new SimpleRandomBackend(Tilda, seed: 1);

        Assert.That(await backend.Texts(2, BackendCards.Request("talk")), Is.EqualTo(["I hear you.", "I hear you."]));
    }

    [Test]
    public async Task RespondAsync_shows_the_animation_of_the_line_when_the_card_has_it()
    {
        using var backend = new SimpleRandomBackend(Tilda, seed: 1);

        List<DialogResponse> responses = await backend.Ask(100);

        Assert.That(responses.Where(r => r.Text is "One." or "Two.").Select(r => r.Animation), Has.All.EqualTo("happy"));
        Assert.That(responses.Where(r => r.Text is "Three.").Select(r => r.Animation), Has.All.EqualTo("talking"));
    }

    [Test]
    public async Task RespondAsync_shows_only_what_the_card_has_when_the_dialog_names_no_animation()
    {
        var card = new CharacterCard
        {
            Name = "Tilda",
            Animations = new Dictionary<string, string> { ["idle"] = "idle.gif", ["happy"] = "happy.gif" },
            Dialogs = [BackendCards.Dialog("click", null, "What a happy day."), BackendCards.Dialog("talk", "dancing", "Yes.")],
        };
        using var backend = new SimpleRandomBackend(card, seed: 1);

        Assert.That((await backend.Ask(1))[0].Animation, Is.EqualTo("happy"));
        Assert.That((await backend.Ask(1, BackendCards.Request("talk")))[0].Animation, Is.EqualTo("idle"));
    }

    [Test]
    public async Task RespondAsync_says_no_line_of_the_settings_twice_in_a_row_when_it_is_there_twice()
    {
        using var backend = new SimpleRandomBackend(new CharacterCard { Name = "Tilda" }, seed: 1, new SimpleRandomConfig { Responses = ["One.", " ", "One.", "Two."] });

        List<string> texts = await backend.Texts(40);

        Assert.That(texts.Distinct(), Is.EquivalentTo(["One.", "Two."]));
        Assert.That(texts.Zip(texts.Skip(1)).Where(pair => pair.First == pair.Second), Is.Empty);
    }

    [Test]
    public async Task RespondAsync_reaches_the_thresholds_that_cards_use()
    {
        using var backend = new SimpleRandomBackend(Tilda, seed: 1);

        DialogResponse response = (await backend.Ask(1))[0];

        Assert.That(response.Confidence, Is.InRange(0.6, 0.8));
        Assert.That(response.IsFallback, Is.False);
    }

    [Test]
    public async Task RespondAsync_says_the_same_when_the_seed_is_the_same()
    {
        using var one = new SimpleRandomBackend(Tilda, seed: 7);
        using var same = new SimpleRandomBackend(Tilda, seed: 7);
        using var other = new SimpleRandomBackend(Tilda, seed: 8);

        List<string> texts = await one.Texts(50);

        Assert.That(await same.Texts(50), Is.EqualTo(texts));
        Assert.That(await other.Texts(50), Is.Not.EqualTo(texts));
    }

    [Test]
    public async Task RespondAsync_differs_between_backends_when_there_is_no_seed()
    {
        using var one = new SimpleRandomBackend(Tilda);
        using var other = new SimpleRandomBackend(Tilda);

        Assert.That(await other.Texts(100), Is.Not.EqualTo(await one.Texts(100)));
    }

    [Test]
    public async Task RespondAsync_talks_when_words_come_with_an_unknown_trigger()
    {
        using var backend = new SimpleRandomBackend(Tilda, seed: 1);
        DialogRequest request = BackendCards.Request("whistle", userText: "Hello?");

        Assert.That(backend.CanHandle(request.Context), Is.True);
        Assert.That(await backend.Texts(1, request), Is.EqualTo(["I hear you."]));
    }

    [TestCase("whistle", null)]
    [TestCase("whistle", " ")]
    [TestCase("feed", null)]
    public void CanHandle_refuses_when_there_is_no_line(string trigger, string? userText)
    {
        using var backend = new SimpleRandomBackend(Tilda, seed: 1);
        DialogRequest request = BackendCards.Request(trigger, userText);

        Assert.That(backend.CanHandle(request.Context), Is.False);
        Assert.That(
            async () => await backend.RespondAsync(request, CancellationToken.None),
            Throws.TypeOf<DialogException>().With.Message.Contains("Tilda").And.Message.Contains($"'{trigger}'"));
    }

    [Test]
    public void RespondAsync_is_cancelled_when_the_token_is()
    {
        using var backend = new SimpleRandomBackend(Tilda, seed: 1);

        Assert.That(async () => await backend.RespondAsync(BackendCards.Request(), new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task RespondAsync_forgets_the_conversation_that_was_silent_longest()
    {
        CharacterCard card = BackendCards.Card(false, null, BackendCards.Dialog("click", null, "One.", "Two."));
        int kept = 0;
        int forgotten = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            using var backend = new SimpleRandomBackend(card, seed);
            string keptBefore = (await backend.Texts(1, BackendCards.Request(conversation: "kept")))[0];
            string forgottenBefore = (await backend.Texts(1, BackendCards.Request(conversation: "forgotten")))[0];
            keptBefore = (await backend.Texts(1, BackendCards.Request(conversation: "kept")))[0];
            for (int i = 0; i < 999; i++)
            {
                await backend.Texts(1, BackendCards.Request(conversation: $"other {i}"));
            }

            kept += (await backend.Texts(1, BackendCards.Request(conversation: "kept")))[0] == keptBefore ? 1 : 0;
            forgotten += (await backend.Texts(1, BackendCards.Request(conversation: "forgotten")))[0] == forgottenBefore ? 1 : 0;
        }

        Assert.That(kept, Is.Zero);
        Assert.That(forgotten, Is.Positive); // with its memory, it could not have said the same again
    }

    [Test]
    public void RespondAsync_serves_conversations_at_the_same_time()
    {
        using var backend = new SimpleRandomBackend(Tilda, seed: 1);

        Parallel.For(0, 32, i =>
        {
            List<string> texts = backend.Texts(200, BackendCards.Request(conversation: $"{i}")).GetAwaiter().GetResult();
            Assert.That(texts.Zip(texts.Skip(1)).Where(pair => pair.First == pair.Second), Is.Empty);
        });
    }
}
