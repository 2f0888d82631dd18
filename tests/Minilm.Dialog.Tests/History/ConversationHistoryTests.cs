using Minilm.Dialog;
using Minilm.Dialog.History;

namespace Minilm.Tests.Dialog.History;

public sealed class ConversationHistoryTests
{
    private readonly Clock _clock = new();

    [Test]
    public void Get_gives_the_oldest_exchange_first()
    {
        using var history = new ConversationHistory(timeProvider: _clock);
        history.Add("a", Exchange("one"));
        history.Add("a", Exchange("two"));

        Assert.That(Replies(history, "a"), Is.EqualTo(new[] { "one", "two" }));
    }

    [Test]
    public void Get_keeps_conversations_apart()
    {
        using var history = new ConversationHistory(timeProvider: _clock);
        history.Add("a", Exchange("one"));
        history.Add("A", Exchange("two"));

        Assert.That(Replies(history, "a"), Is.EqualTo(new[] { "one" }));
        Assert.That(Replies(history, "b"), Is.Empty);
        Assert.That(history.ConversationCount, Is.EqualTo(2));
    }

    [Test]
    public void Get_gives_a_list_that_never_changes()
    {
        using var history = new ConversationHistory(timeProvider: _clock);
        history.Add("a", Exchange("one"));
        IReadOnlyList<DialogExchange> before = history.Get("a");

        history.Add("a", Exchange("two"));
        history.GiveFeedback("a", new DialogFeedback(Positive: true));

        Assert.That(before.Select(exchange => exchange.Reply), Is.EqualTo(new[] { "one" }));
        Assert.That(before, Is.Not.InstanceOf<DialogExchange[]>());
        Assert.That(() => ((IList<DialogExchange>)before)[0] = Exchange("forged"), Throws.TypeOf<NotSupportedException>());
    }

    [Test]
    public void Get_gives_the_same_list_while_nothing_changes()
    {
        using var history = new ConversationHistory(timeProvider: _clock);
        history.Add("a", Exchange("one"));

        IReadOnlyList<DialogExchange> first = history.Get("a");
        Assert.That(history.Get("a"), Is.SameAs(first));
    }

    [Test]
    public void Add_keeps_the_newest_exchanges()
    {
        using var history = new ConversationHistory(new ConversationHistoryOptions { MaxExchanges = 3 }, _clock);
        foreach (int i in Enumerable.Range(1, 8))
        {
            history.Add("a", Exchange($"{i}"));
        }

        Assert.That(Replies(history, "a"), Is.EqualTo(new[] { "6", "7", "8" }));
    }

    [Test]
    public void Add_remembers_nothing_when_no_exchange_is_to_be_kept()
    {
        using var history = new ConversationHistory(new ConversationHistoryOptions { MaxExchanges = 0 }, _clock);
        history.Add("a", Exchange("one"));

        Assert.That(Replies(history, "a"), Is.Empty);
        Assert.That(history.ConversationCount, Is.Zero);
    }

    [Test]
    public void Add_evicts_the_conversation_that_was_added_to_the_longest_ago()
    {
        using var history = new ConversationHistory(new ConversationHistoryOptions { MaxConversations = 2 }, _clock);
        history.Add("a", Exchange("one"));
        history.Add("b", Exchange("two"));
        history.Add("a", Exchange("three"));
        _ = history.Get("b"); // a look is no update
        history.GiveFeedback("b", new DialogFeedback(Positive: true)); // nor is this

        history.Add("c", Exchange("four"));

        Assert.That(Replies(history, "a"), Is.EqualTo(new[] { "one", "three" }));
        Assert.That(Replies(history, "b"), Is.Empty);
        Assert.That(Replies(history, "c"), Is.EqualTo(new[] { "four" }));
        Assert.That(history.ConversationCount, Is.EqualTo(2));
    }

    [Test]
    public void Get_forgets_exchanges_after_a_day()
    {
        using var history = new ConversationHistory(timeProvider: _clock);
        history.Add("a", Exchange("old"));
        _clock.Now += TimeSpan.FromHours(1);
        history.Add("a", Exchange("new"));

        _clock.Now += TimeSpan.FromHours(23) - TimeSpan.FromTicks(1);
        Assert.That(Replies(history, "a"), Is.EqualTo(new[] { "old", "new" }));

        _clock.Now += TimeSpan.FromTicks(1);
        Assert.That(Replies(history, "a"), Is.EqualTo(new[] { "new" }));

        _clock.Now += TimeSpan.FromHours(1);
        Assert.That(Replies(history, "a"), Is.Empty);
    }

    [Test]
    public void Add_forgets_conversations_after_a_day()
    {
        using var history = new ConversationHistory(timeProvider: _clock);
        history.Add("a", Exchange("old"));
        _clock.Now += TimeSpan.FromHours(24);
        Assert.That(history.ConversationCount, Is.Zero);

        history.Add("b", Exchange("old"));
        _clock.Now += TimeSpan.FromHours(24);
        history.Add("c", Exchange("new"));

        Assert.That(history.ConversationCount, Is.EqualTo(1));
    }

    [Test]
    public void Get_keeps_exchanges_for_ever_when_retention_is_the_longest()
    {
        using var history = new ConversationHistory(new ConversationHistoryOptions { Retention = TimeSpan.MaxValue }, _clock);
        history.Add("a", Exchange("old"));
        _clock.Now += TimeSpan.FromDays(100_000);

        Assert.That(Replies(history, "a"), Is.EqualTo(new[] { "old" }));
    }

    [Test]
    public void GiveFeedback_changes_the_last_exchange_only()
    {
        using var history = new ConversationHistory(timeProvider: _clock);
        history.Add("a", Exchange("one"));
        history.Add("a", Exchange("two"));
        history.Add("b", Exchange("three"));
        var feedback = new DialogFeedback(Positive: true, Engagement: 0.9);

        DialogExchange? changed = history.GiveFeedback("a", feedback);

        Assert.That(changed, Is.EqualTo(Exchange("two") with { Feedback = feedback }));
        Assert.That(history.Get("a"), Is.EqualTo(new[] { Exchange("one"), Exchange("two") with { Feedback = feedback } }));
        Assert.That(history.Get("b"), Is.EqualTo(new[] { Exchange("three") }));
    }

    [Test]
    public void GiveFeedback_gives_null_when_nothing_is_remembered()
    {
        using var history = new ConversationHistory(timeProvider: _clock);
        Assert.That(history.GiveFeedback("a", new DialogFeedback(Positive: true)), Is.Null);

        history.Add("a", Exchange("old"));
        _clock.Now += TimeSpan.FromHours(24);
        Assert.That(history.GiveFeedback("a", new DialogFeedback(Positive: true)), Is.Null);
    }

    [Test]
    public void Clear_forgets_one_conversation()
    {
        using var history = new ConversationHistory(timeProvider: _clock);
        history.Add("a", Exchange("one"));
        history.Add("b", Exchange("two"));

        history.Clear("a");
        history.Clear("unknown");

        Assert.That(Replies(history, "a"), Is.Empty);
        Assert.That(Replies(history, "b"), Is.EqualTo(new[] { "two" }));
    }

    [Test]
    public void Add_says_what_to_do_when_the_history_is_disposed()
    {
        var history = new ConversationHistory(timeProvider: _clock);
        history.Add("a", Exchange("one"));
        history.Dispose();
        history.Dispose();

        Assert.That(() => history.Add("a", Exchange("two")), Throws.TypeOf<ObjectDisposedException>()
            .With.Message.Contain("conversation 'a'").And.Message.Contain("before disposing their history"));
        Assert.That(Replies(history, "a"), Is.Empty);
        Assert.That(history.GiveFeedback("a", new DialogFeedback(Positive: true)), Is.Null);
    }

    [Test]
    public void Constructor_refuses_limits_out_of_range()
    {
        Assert.That(() => new ConversationHistory(new ConversationHistoryOptions { MaxExchanges = -1 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contain("MaxExchanges"));
        Assert.That(() => new ConversationHistory(new ConversationHistoryOptions { MaxConversations = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contain("MaxConversations"));
        Assert.That(() => new ConversationHistory(new ConversationHistoryOptions { Retention = TimeSpan.Zero }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contain("Retention"));
    }

    [Test]
    public void Add_keeps_every_limit_when_many_threads_add()
    {
        using var history = new ConversationHistory(new ConversationHistoryOptions { MaxExchanges = 5, MaxConversations = 16 }, _clock);

        Parallel.For(0, 20_000, i =>
        {
            history.Add($"{i % 64}", Exchange($"{i}"));
            Assert.That(history.Get($"{i % 7}"), Has.Count.LessThanOrEqualTo(5));
            history.GiveFeedback($"{i % 5}", new DialogFeedback(Positive: true));
            if (i % 11 == 0)
            {
                history.Clear($"{i % 64}");
            }
        });

        Assert.That(history.ConversationCount, Is.InRange(1, 16));
        Assert.That(Enumerable.Range(0, 64).Count(i => history.Get($"{i}").Count > 0), Is.EqualTo(history.ConversationCount));
    }

    private static string[] Replies(ConversationHistory history, string id) => [.. history.Get(id).Select(exchange => exchange.Reply)];

    private DialogExchange Exchange(string reply) => new() { Trigger = "talk", UserText = "hi", Reply = reply, Backend = "llm", At = _clock.Now };

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
