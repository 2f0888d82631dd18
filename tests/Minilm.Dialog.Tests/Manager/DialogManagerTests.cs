using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Cards;
using Minilm.Tests.Dialog.Support;

namespace Minilm.Tests.Dialog.Manager;

/// <summary>The order in which backends are asked, and what is said when none answers.</summary>
public sealed class DialogManagerTests
{
    [TestCase(0.6, 0.6, "first")]
    [TestCase(0.59, 0.6, "second")]
    [TestCase(0.0, 0.0, "first")]
    public async Task RespondAsync_takes_the_default_backend_from_the_threshold_on_and_the_chain_at_any_confidence(double confidence, double threshold, string expected)
    {
        using DialogManager manager = Manage(
            TestCharacters.Chain("first", ["second"], threshold),
            ("first", HostBackend.Saying("I am first.", confidence)),
            ("second", HostBackend.Saying("I am second.", 0.01)));

        DialogResponse response = await manager.RespondAsync(TestCharacters.Hello);

        Assert.Multiple(() =>
        {
            Assert.That(response.Backend, Is.EqualTo(expected));
            Assert.That(response.Text, Is.EqualTo($"I am {expected}."));
            Assert.That(response.Attempts[^1], Is.EqualTo(new DialogAttempt(expected, DialogOutcome.Answered)));
            Assert.That(response.Elapsed, Is.GreaterThan(TimeSpan.Zero));
        });
    }

    [Test]
    public async Task RespondAsync_says_of_each_backend_why_it_did_not_answer()
    {
        HostBackend never = HostBackend.Saying("never");
        never.Handles = _ => false;
        using DialogManager manager = Manage(
            TestCharacters.Chain("unsure", ["unable", "broken", "mute", "good"]),
            ("unsure", HostBackend.Saying("perhaps", 0.2)),
            ("unable", never),
            ("broken", HostBackend.Throwing(new InvalidCastException("a wire is loose"))),
            ("mute", HostBackend.Saying("  ")),
            ("good", HostBackend.Saying("Here I am.")));

        DialogResponse response = await manager.RespondAsync(TestCharacters.Hello);

        Assert.Multiple(() =>
        {
            Assert.That(response.Backend, Is.EqualTo("good"));
            Assert.That(response.Attempts.Select(attempt => attempt.Outcome), Is.EqualTo(new[] { DialogOutcome.LowConfidence, DialogOutcome.CannotHandle, DialogOutcome.Failed, DialogOutcome.Failed, DialogOutcome.Answered }));
            Assert.That(response.Attempts[0].Reason, Is.EqualTo("confidence 0.20 is below 0.50"));
            Assert.That(response.Attempts[1].Reason, Does.Contain("talk"));
            Assert.That(response.Attempts[2].Reason, Is.EqualTo("a wire is loose"));
            Assert.That(response.Attempts[3].Reason, Is.EqualTo("returned no text"));
            Assert.That(never.Requests, Is.Empty);
        });
    }

    [Test]
    public async Task RespondAsync_falls_back_to_the_contexts_lines_then_the_cards_then_its_own()
    {
        using DialogManager manager = Manage(TestCharacters.Chain("broken"), ("broken", HostBackend.Throwing(new IOException("gone"))));

        DialogResponse given = await manager.RespondAsync(new DialogContext { Trigger = "click", FallbackResponses = ["Prepared."], FallbackAnimation = "idle" });
        DialogResponse first = await manager.RespondAsync(new DialogContext { Trigger = "click" });
        DialogResponse second = await manager.RespondAsync(new DialogContext { Trigger = "click" });
        DialogResponse unknown = await manager.RespondAsync(new DialogContext { Trigger = "sing" });

        Assert.Multiple(() =>
        {
            Assert.That(given.Text, Is.EqualTo("Prepared."));
            Assert.That(given.Animation, Is.EqualTo("idle"));
            Assert.That(given.Confidence, Is.EqualTo(0.1));
            Assert.That(given.Type, Is.EqualTo("fallback"));
            Assert.That(given.Backend, Is.EqualTo("fallback"));
            Assert.That(new[] { first.Text, second.Text }, Is.EquivalentTo(new[] { "The lamp is lit.", "Mind the stairs." }), "not the same line twice");
            Assert.That(first.Animation, Is.EqualTo("happy"));
            Assert.That(unknown.Text, Is.Not.Empty);
            Assert.That(unknown.IsFallback, Is.True);
        });
    }

    [TestCase("llm", "simple_random")]
    [TestCase("simple_random", "llm")]
    public void A_name_that_is_not_registered_is_refused_at_configuration(string first, string second)
    {
        DialogBackendRegistry registry = new DialogBackendRegistry().Register("simple_random", setting => new SimpleRandomBackend(setting.Card));

        Assert.That(
            () => new DialogManager(TestCharacters.Card(TestCharacters.Chain(first, [second])), new DialogManagerOptions { Registry = registry }),
            Throws.TypeOf<DialogException>().With.Message.Contains("backend 'llm' not registered").And.Message.Contains("registered backends: simple_random"));
    }

    [Test]
    public void Settings_that_are_not_valid_are_refused_with_their_key()
    {
        DialogBackendConfig backends = TestCharacters.Chain("markov_chain", settings: """{"markov_chain":{"chainOrder":9}}""");

        Assert.That(() => new DialogManager(TestCharacters.Card(backends)), Throws.TypeOf<CardException>().With.Message.Contains("dialogBackend.backends.markov_chain.chainOrder").And.Message.Contains("9"));
    }

    [Test]
    public async Task A_chain_that_names_its_own_default_asks_it_once()
    {
        HostBackend only = HostBackend.Saying("", 0);
        using DialogManager manager = Manage(TestCharacters.Chain("only", ["only"]), ("only", only));

        await manager.RespondAsync(TestCharacters.Hello);

        Assert.That(only.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Without_backends_the_cards_own_lines_answer()
    {
        using var none = new DialogManager(TestCharacters.Card());
        using var disabled = new DialogManager(TestCharacters.Card(new DialogBackendConfig { Enabled = false, DefaultBackend = "nobody" }));

        Assert.Multiple(async () =>
        {
            Assert.That((await none.RespondAsync(new DialogContext { Trigger = "click" })).Backend, Is.EqualTo("simple_random"));
            Assert.That((await disabled.RespondAsync(new DialogContext { Trigger = "click" })).Text, Is.EqualTo("The lamp is lit.").Or.EqualTo("Mind the stairs."));
        });
    }

    [Test]
    public async Task A_backend_sees_what_was_said_before_in_its_conversation_alone()
    {
        HostBackend echo = new((request, _) => ValueTask.FromResult(new DialogResponse { Text = $"You said {request.Context.UserText}.", Confidence = 1 }));
        using DialogManager manager = Manage(TestCharacters.Chain("echo"), ("echo", echo));
        await manager.RespondAsync(TestCharacters.Hello with { ConversationId = "a", UserText = "one" });
        await manager.RespondAsync(TestCharacters.Hello with { ConversationId = "b", UserText = "two" });
        await manager.RespondAsync(TestCharacters.Hello with { ConversationId = "a", UserText = "three" });

        Assert.Multiple(() =>
        {
            Assert.That(echo.Requests.Select(request => request.History.Count), Is.EqualTo(new[] { 0, 0, 1 }));
            Assert.That(echo.Requests.Last().History[0].Reply, Is.EqualTo("You said one."));
            Assert.That(manager.History.ConversationCount, Is.EqualTo(2));
        });
    }

    [Test]
    public async Task Without_memory_nothing_is_told_of_the_past_and_feedback_still_finds_its_backend()
    {
        HostBackend only = HostBackend.Saying("yes");
        using DialogManager manager = Manage(TestCharacters.Chain("only", memory: false, learning: true), ("only", only));
        await manager.RespondAsync(TestCharacters.Hello);
        await manager.RespondAsync(TestCharacters.Hello);

        Assert.Multiple(() =>
        {
            Assert.That(only.Requests.Last().History, Is.Empty);
            Assert.That(manager.GiveFeedback("default", new DialogFeedback(Positive: true)), Is.True);
            Assert.That(only.Learned, Has.Count.EqualTo(1));
        });
    }

    [TestCase(true, 1)]
    [TestCase(false, 0)]
    public async Task Feedback_goes_to_the_backend_that_answered_when_the_card_allows_learning(bool learning, int lessons)
    {
        HostBackend unsure = HostBackend.Saying("perhaps", 0.1);
        HostBackend sure = HostBackend.Saying("surely");
        using DialogManager manager = Manage(TestCharacters.Chain("unsure", ["sure"], learning: learning), ("unsure", unsure), ("sure", sure));
        await manager.RespondAsync(TestCharacters.Hello);

        Assert.Multiple(() =>
        {
            Assert.That(manager.GiveFeedback("default", new DialogFeedback(Positive: true, Engagement: 0.9)), Is.True);
            Assert.That(manager.GiveFeedback("nobody", new DialogFeedback(Positive: true)), Is.False);
            Assert.That(unsure.Learned, Is.Empty);
            Assert.That(sure.Learned, Has.Count.EqualTo(lessons));
            Assert.That(manager.History.Get("default")[^1].Feedback, Is.EqualTo(new DialogFeedback(Positive: true, Engagement: 0.9)));
        });
    }

    [Test]
    public async Task Feedback_on_a_prepared_line_is_not_taken_for_feedback_on_what_was_said_before()
    {
        bool works = true;
        HostBackend shaky = new((_, _) => works ? ValueTask.FromResult(new DialogResponse { Text = "Aye.", Confidence = 1 }) : throw new IOException("gone"));
        using DialogManager manager = Manage(TestCharacters.Chain("shaky", learning: true), ("shaky", shaky));
        await manager.RespondAsync(TestCharacters.Hello);
        works = false;
        await manager.RespondAsync(TestCharacters.Hello);
        bool taken = manager.GiveFeedback("default", new DialogFeedback(Positive: false));
        works = true;
        await manager.RespondAsync(TestCharacters.Hello);

        Assert.Multiple(() =>
        {
            Assert.That(taken, Is.False);
            Assert.That(shaky.Learned, Is.Empty);
            Assert.That(manager.GiveFeedback("default", new DialogFeedback(Positive: true)), Is.True);
        });
    }

    [Test]
    public async Task A_prepared_line_is_not_remembered()
    {
        using DialogManager manager = Manage(TestCharacters.Chain("broken"), ("broken", HostBackend.Throwing(new IOException("gone"))));
        await manager.RespondAsync(TestCharacters.Hello);

        Assert.That(manager.History.Get("default"), Is.Empty);
    }

    [Test]
    public async Task Dispose_releases_the_backends_once_and_ends_the_manager()
    {
        HostBackend only = HostBackend.Saying("yes");
        DialogManager manager = Manage(TestCharacters.Chain("only"), ("only", only));
        await manager.RespondAsync(TestCharacters.Hello);
        manager.Dispose();
        manager.Dispose();

        Assert.Multiple(() =>
        {
            Assert.That(only.Disposals, Is.EqualTo(1));
            Assert.That(async () => await manager.RespondAsync(TestCharacters.Hello), Throws.TypeOf<ObjectDisposedException>());
        });
    }

    [Test]
    public async Task Dispose_ends_the_dialogs_that_run()
    {
        var asked = new TaskCompletionSource();
        HostBackend hanging = new(async (_, _) =>
        {
            asked.SetResult();
            await Task.Delay(TimeSpan.FromSeconds(30), CancellationToken.None);
            return new DialogResponse { Text = "too late" };
        });
        DialogManager manager = Manage(TestCharacters.Chain("hanging", timeout: 0), ("hanging", hanging));
        Task<DialogResponse> running = manager.RespondAsync(TestCharacters.Hello).AsTask();
        await asked.Task.Within("the dialog");
        manager.Dispose();

        Assert.That(async () => await running.Within("the dialog of a disposed manager"), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("Tilda"));
    }

    [Test]
    public async Task A_blank_line_is_no_fallback()
    {
        using DialogManager manager = Manage(TestCharacters.Chain("broken"), ("broken", HostBackend.Throwing(new IOException("gone"))));
        DialogResponse some = await manager.RespondAsync(TestCharacters.Hello with { FallbackResponses = ["", "Prepared."] });
        DialogResponse none = await manager.RespondAsync(new DialogContext { Trigger = "click", FallbackResponses = [" "] });

        Assert.Multiple(() =>
        {
            Assert.That(some.Text, Is.EqualTo("Prepared."));
            Assert.That(none.Text, Is.EqualTo("The lamp is lit.").Or.EqualTo("Mind the stairs."));
        });
    }

    [Test]
    public void Backends_made_before_one_that_throws_are_disposed()
    {
        HostBackend made = HostBackend.Saying("yes");
        DialogBackendRegistry registry = TestCharacters.Registry(("made", made)).Register("bad", _ => throw new CardException("no such voice"));

        Assert.Multiple(() =>
        {
            Assert.That(() => new DialogManager(TestCharacters.Card(TestCharacters.Chain("made", ["bad"])), new DialogManagerOptions { Registry = registry }), Throws.TypeOf<CardException>());
            Assert.That(made.Disposals, Is.EqualTo(1));
        });
    }

    [Test]
    public void A_cancelled_dialog_throws_and_counts_against_nobody()
    {
        using var cancellation = new CancellationTokenSource();
        HostBackend slow = new(async (_, token) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            throw new InvalidOperationException("unreachable");
        });
        using DialogManager manager = Manage(TestCharacters.Chain("slow", timeout: 0), ("slow", slow));

        Assert.Multiple(() =>
        {
            Assert.That(async () => await manager.RespondAsync(TestCharacters.Hello, cancellationToken: cancellation.Token).AsTask().Within("the cancelled dialog"), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(manager.Backends[0].Failed, Is.Zero);
        });
    }

    [Test]
    public async Task DebugMode_logs_each_dialog_and_a_fallback_is_always_logged()
    {
        using var log = new RecordingLoggerFactory();
        DialogBackendConfig backends = new() { Enabled = true, DefaultBackend = "good", DebugMode = true };
        using var debug = new DialogManager(TestCharacters.Card(backends), new DialogManagerOptions { Registry = TestCharacters.Registry(("good", HostBackend.Saying("Aye."))), LoggerFactory = log });
        using var quiet = new DialogManager(TestCharacters.Card(TestCharacters.Chain("bad")), new DialogManagerOptions { Registry = TestCharacters.Registry(("bad", HostBackend.Throwing(new IOException("gone")))), LoggerFactory = log });
        await debug.RespondAsync(TestCharacters.Hello);
        await quiet.RespondAsync(TestCharacters.Hello);

        Assert.That(log.Logger.Lines, Has.Some.Contains("good answered").And.Some.Matches<string>(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("gone", StringComparison.Ordinal)));
    }

    private static DialogManager Manage(DialogBackendConfig config, params (string Name, IDialogBackend Backend)[] backends) =>
        new(TestCharacters.Card(config), new DialogManagerOptions { Registry = TestCharacters.Registry(backends) });
}
