using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Tests.Dialog.Support;

namespace Minilm.Tests.Dialog.Manager;

/// <summary>A character answers in time, whatever its backends do, and does not wait for those that keep failing.</summary>
public sealed class DeadlineAndHealthTests
{
    [TestCase(false)]
    [TestCase(true)]
    public async Task A_backend_that_hangs_is_left_and_the_next_one_answers(bool blocksTheThread)
    {
        using var never = new ManualResetEventSlim();
        HostBackend hanging = new(async (_, _) =>
        {
            if (blocksTheThread)
            {
                never.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            }
            await Task.Delay(TimeSpan.FromSeconds(30), CancellationToken.None);
            return new DialogResponse { Text = "too late" };
        });
        using DialogManager manager = Manage(TestCharacters.Chain("hanging", ["good"], timeout: 200), ("hanging", hanging), ("good", HostBackend.Saying("In time.", 0.1)));

        DialogResponse response = await manager.RespondAsync(TestCharacters.Hello).AsTask().Within("the dialog");
        never.Set();

        Assert.Multiple(() =>
        {
            Assert.That(response.Backend, Is.EqualTo("good"));
            Assert.That(response.Attempts[0].Outcome, Is.EqualTo(DialogOutcome.TimedOut));
            Assert.That(response.Attempts[0].Reason, Does.Contain("did not answer within"));
        });
    }

    [Test]
    public async Task Each_backend_leaves_time_for_those_after_it()
    {
        HostBackend Asked() => HostBackend.Saying("", 0);
        HostBackend first = Asked();
        HostBackend second = Asked();
        HostBackend third = Asked();
        var time = new ManualTime();
        using var manager = new DialogManager(
            TestCharacters.Card(TestCharacters.Chain("first", ["second", "third"], timeout: 1000)),
            new DialogManagerOptions { Registry = TestCharacters.Registry(("first", first), ("second", second), ("third", third)), TimeProvider = time });

        await manager.RespondAsync(TestCharacters.Hello);

        Assert.That(
            new[] { first, second, third }.Select(backend => backend.Requests.Single().Budget!.Value.TotalMilliseconds),
            Is.EqualTo(new[] { 780, 880, 980 }));
    }

    [Test]
    public async Task A_timeout_of_zero_is_unlimited()
    {
        HostBackend only = HostBackend.Saying("yes");
        using DialogManager manager = Manage(TestCharacters.Chain("only", timeout: 0), ("only", only));
        await manager.RespondAsync(TestCharacters.Hello);

        Assert.That(only.Requests.Single().Budget, Is.Null);
    }

    [Test]
    public async Task A_backend_that_keeps_failing_is_out_of_service_for_a_while_and_tried_again()
    {
        bool works = false;
        HostBackend shaky = new((_, _) => works ? ValueTask.FromResult(new DialogResponse { Text = "Back again.", Confidence = 1 }) : throw new IOException("no line"));
        var time = new ManualTime();
        using var manager = new DialogManager(
            TestCharacters.Card(TestCharacters.Chain("shaky")),
            new DialogManagerOptions { Registry = TestCharacters.Registry(("shaky", shaky)), TimeProvider = time, HealthCheckInterval = TimeSpan.FromSeconds(60) });

        for (int i = 0; i < 5; i++)
        {
            await manager.RespondAsync(TestCharacters.Hello);
        }
        BackendStatus status = manager.Backends.Single();
        DialogResponse meanwhile = await manager.RespondAsync(TestCharacters.Hello);
        Assert.Multiple(() =>
        {
            Assert.That(shaky.Requests, Has.Count.EqualTo(3), "three failures take it out");
            Assert.That(status.IsInService, Is.False);
            Assert.That(status.FailuresInARow, Is.EqualTo(3));
            Assert.That(status.LastFailure, Is.EqualTo("no line"));
            Assert.That(status.OutUntil, Is.EqualTo(time.GetUtcNow() + TimeSpan.FromSeconds(60)));
            Assert.That(meanwhile.Attempts.Single().Outcome, Is.EqualTo(DialogOutcome.OutOfService));
            Assert.That(meanwhile.Attempts.Single().Reason, Does.Contain("no line"));
        });

        time.Advance(TimeSpan.FromSeconds(61));
        await manager.RespondAsync(TestCharacters.Hello);
        await manager.RespondAsync(TestCharacters.Hello);
        Assert.That(shaky.Requests, Has.Count.EqualTo(4), "one try, which failed, so that it is out again");

        time.Advance(TimeSpan.FromSeconds(61));
        works = true;
        DialogResponse back = await manager.RespondAsync(TestCharacters.Hello);
        Assert.Multiple(() =>
        {
            Assert.That(back.Text, Is.EqualTo("Back again."));
            Assert.That(manager.Backends.Single().IsInService, Is.True);
            Assert.That(manager.Backends.Single().FailuresInARow, Is.Zero);
            Assert.That(manager.Backends.Single().Answered, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_backend_that_is_not_ready_has_not_failed()
    {
        using DialogManager manager = Manage(TestCharacters.Chain("loading"), ("loading", HostBackend.Throwing(new DialogBackendNotReadyException("still loading"))));
        for (int i = 0; i < 5; i++)
        {
            Assert.That((await manager.RespondAsync(TestCharacters.Hello)).Attempts.Single().Outcome, Is.EqualTo(DialogOutcome.NotReady));
        }

        Assert.That(manager.Backends.Single().Failed, Is.Zero);
    }

    [Test]
    public async Task A_backends_own_fallback_counts_as_a_failure_and_is_taken_only_from_the_threshold_on()
    {
        HostBackend excuse = new((_, _) => ValueTask.FromResult(new DialogResponse { Text = "Later.", Confidence = 0.3, Type = "fallback", FallbackReason = "timeoutMs of 5 ms passed" }));
        using DialogManager strict = Manage(TestCharacters.Chain("excuse", ["good"]), ("excuse", excuse), ("good", HostBackend.Saying("Now.")));
        using DialogManager mild = Manage(TestCharacters.Chain("excuse", threshold: 0.2), ("excuse", excuse));

        DialogResponse other = await strict.RespondAsync(TestCharacters.Hello);
        DialogResponse own = await mild.RespondAsync(TestCharacters.Hello);

        Assert.Multiple(() =>
        {
            Assert.That(other.Text, Is.EqualTo("Now."));
            Assert.That(other.Attempts[0], Is.EqualTo(new DialogAttempt("excuse", DialogOutcome.Failed, "timeoutMs of 5 ms passed")));
            Assert.That(own.Text, Is.EqualTo("Later."));
            Assert.That(own.Backend, Is.EqualTo("excuse"));
            Assert.That(mild.Backends.Single().Failed, Is.EqualTo(1));
        });
    }

    [Test]
    public async Task Backends_that_block_their_threads_leave_the_others_theirs()
    {
        using var never = new ManualResetEventSlim();
        HostBackend blocking = new((_, _) =>
        {
            never.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            return ValueTask.FromResult(new DialogResponse { Text = "too late" });
        });
        using DialogManager manager = Manage(TestCharacters.Chain("blocking", ["good"], timeout: 500), ("blocking", blocking), ("good", HostBackend.Saying("In time.", 0.1)));

        DialogResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => manager.RespondAsync(TestCharacters.Hello).AsTask())).Within("64 dialogs");
        never.Set();

        Assert.Multiple(() =>
        {
            Assert.That(responses.Select(response => response.Backend), Is.All.EqualTo("good"));
            Assert.That(responses.Max(response => response.Elapsed), Is.LessThan(TimeSpan.FromSeconds(10)), "it was half a minute while they took the pool's threads");
        });
    }

    [Test]
    public async Task A_backend_that_blocks_when_it_is_asked_whether_it_can_or_told_to_stop_is_left_too()
    {
        using var never = new ManualResetEventSlim();
        HostBackend hesitant = HostBackend.Saying("too late");
        hesitant.Handles = _ => never.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
        HostBackend stubborn = new(async (_, token) =>
        {
            token.Register(() => never.Wait(TimeSpan.FromSeconds(30), CancellationToken.None));
            await Task.Delay(TimeSpan.FromSeconds(30), CancellationToken.None);
            return new DialogResponse { Text = "too late" };
        });
        using DialogManager manager = Manage(
            TestCharacters.Chain("hesitant", ["stubborn", "good"], timeout: 300),
            ("hesitant", hesitant),
            ("stubborn", stubborn),
            ("good", HostBackend.Saying("In time.")));

        DialogResponse response = await manager.RespondAsync(TestCharacters.Hello);
        never.Set();

        Assert.Multiple(() =>
        {
            Assert.That(response.Backend, Is.EqualTo("good"));
            Assert.That(response.Attempts.Select(attempt => attempt.Outcome), Is.EqualTo(new[] { DialogOutcome.TimedOut, DialogOutcome.TimedOut, DialogOutcome.Answered }));
            Assert.That(response.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        });
    }

    [Test]
    public async Task A_backend_that_gives_up_by_itself_is_quoted()
    {
        using DialogManager manager = Manage(
            TestCharacters.Chain("radio", ["wire"]),
            ("radio", HostBackend.Throwing(new TimeoutException("the radio was silent for 5 ms"))),
            ("wire", HostBackend.Throwing(new TaskCanceledException("the wire was cut"))));

        Assert.That(
            (await manager.RespondAsync(TestCharacters.Hello)).Attempts,
            Is.EqualTo(new DialogAttempt[] { new("radio", DialogOutcome.Failed, "the radio was silent for 5 ms"), new("wire", DialogOutcome.Failed, "the wire was cut") }));
    }

    [Test]
    public async Task A_backend_that_was_given_up_talks_to_nobody()
    {
        var given = new TaskCompletionSource();
        var talked = new TaskCompletionSource();
        HostBackend late = new(async (request, _) =>
        {
            request.OnText!("soon");
            await given.Task;
            request.OnText!("too late");
            talked.SetResult();
            return new DialogResponse { Text = "too late" };
        });
        using DialogManager manager = Manage(TestCharacters.Chain("late", ["good"], timeout: 200), ("late", late), ("good", HostBackend.Saying("In time.")));
        string heard = "";
        await manager.RespondAsync(TestCharacters.Hello, text => heard += text.ToString());
        given.SetResult();
        await talked.Task.Within("the late text");

        Assert.That(heard, Is.EqualTo("soon"));
    }

    [Test]
    public async Task A_dialog_that_is_cancelled_does_not_bring_back_a_backend_that_went_out_meanwhile()
    {
        using var cancellation = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        HostBackend shaky = new(async (request, token) =>
        {
            if (request.Context.UserText == "wait")
            {
                asked.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }
            throw new IOException("no line");
        });
        using DialogManager manager = Manage(TestCharacters.Chain("shaky", timeout: 0), ("shaky", shaky));
        Task<DialogResponse> waiting = manager.RespondAsync(TestCharacters.Hello with { UserText = "wait" }, cancellationToken: cancellation.Token).AsTask();
        await asked.Task.Within("the first dialog");
        for (int i = 0; i < 3; i++)
        {
            await manager.RespondAsync(TestCharacters.Hello);
        }
        await cancellation.CancelAsync();

        Assert.Multiple(() =>
        {
            Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(cancellation.Token));
            Assert.That(manager.Backends.Single().IsInService, Is.False);
        });
    }

    [Test]
    public async Task A_backend_says_how_long_it_stays_out_of_service()
    {
        var time = new ManualTime();
        HostBackend bad = new((_, _) => throw new IOException("gone")) { HealthCheckInterval = TimeSpan.FromSeconds(7) };
        using var manager = new DialogManager(
            TestCharacters.Card(TestCharacters.Chain("bad", [])),
            new DialogManagerOptions { Registry = TestCharacters.Registry(("bad", bad)), TimeProvider = time, FailuresBeforeOutOfService = 1 });

        await manager.RespondAsync(TestCharacters.Hello);

        Assert.That(manager.Backends.Single().OutUntil, Is.EqualTo(time.GetUtcNow() + TimeSpan.FromSeconds(7)));
    }

    [Test]
    public async Task The_history_is_as_long_as_a_backend_says()
    {
        HostBackend good = new((_, _) => ValueTask.FromResult(new DialogResponse { Text = "Aye.", Confidence = 1 })) { MaxHistoryLength = 12 };
        using var manager = new DialogManager(TestCharacters.Card(TestCharacters.Chain("good", [])), new DialogManagerOptions { Registry = TestCharacters.Registry(("good", good)) });

        for (int i = 0; i < 15; i++)
        {
            await manager.RespondAsync(TestCharacters.Hello);
        }

        Assert.That(good.Requests.Last().History, Has.Count.EqualTo(12));
    }

    [Test]
    public async Task A_backend_can_be_taken_out_for_ever()
    {
        using var manager = new DialogManager(
            TestCharacters.Card(TestCharacters.Chain("bad")),
            new DialogManagerOptions { Registry = TestCharacters.Registry(("bad", HostBackend.Throwing(new IOException("gone")))), HealthCheckInterval = TimeSpan.MaxValue });
        for (int i = 0; i < 3; i++)
        {
            await manager.RespondAsync(TestCharacters.Hello);
        }

        Assert.That(manager.Backends.Single().OutUntil, Is.EqualTo(DateTimeOffset.MaxValue));
    }

    private static DialogManager Manage(Minilm.Dialog.Cards.DialogBackendConfig config, params (string Name, IDialogBackend Backend)[] backends) =>
        new(TestCharacters.Card(config), new DialogManagerOptions { Registry = TestCharacters.Registry(backends) });
}
