using System.Text.Json;
using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.Cards;
using Minilm.Tests.Dialog.Support;

namespace Minilm.Tests.Dialog.Backends;

/// <summary>What the backend <c>llm</c> asks a model, and what it makes of what the model does.</summary>
public sealed class LlmBackendTests
{
    private const string Settings = """{"modelPath":"lamp.gguf","maxTokens":20,"temperature":0.5,"topP":0.8,"topK":7,"repeatPenalty":1.2,"timeoutMs":900}""";

    [Test]
    public async Task A_reply_is_cleaned_and_described()
    {
        using var run = new LlmRun(HostModel.Saying("Tilda: \"I am so happy to see you, friend!\"\n"));
        DialogResponse response = await run.RespondAsync(TestCharacters.Hello);

        Assert.Multiple(() =>
        {
            Assert.That(response.Text, Is.EqualTo("I am so happy to see you, friend!"));
            Assert.That(response.Animation, Is.EqualTo("happy"));
            Assert.That(response.Tone, Is.EqualTo("happy"));
            Assert.That(response.Type, Is.EqualTo("casual"));
            Assert.That((response.Confidence, response.MemoryImportance, response.LearningValue), Is.EqualTo((0.8, 0.7, 0.6)));
            Assert.That(response.ModelBackend, Is.EqualTo("host"));
            Assert.That(response.Completion!.FinishReason, Is.EqualTo(FinishReason.Stop));
        });
    }

    [Test]
    public async Task The_settings_of_the_card_reach_the_model()
    {
        using var run = new LlmRun(HostModel.Saying("Yes."), Settings);
        await run.RespondAsync(TestCharacters.Hello);
        CompletionOptions options = run.Model.Options.Single();

        Assert.That(
            (options.MaxTokens, options.Temperature, options.TopP, options.TopK, options.RepeatPenalty),
            Is.EqualTo(((int?)20, (float?)0.5f, (float?)0.8f, (int?)7, (float?)1.2f)));
    }

    [TestCase(1000, """{"modelPath":"m","timeoutMs":300}""", 300)]
    [TestCase(1000, """{"modelPath":"m","timeoutMs":0}""", 980)]
    [TestCase(1000, """{"modelPath":"m","timeoutMs":500,"maxGenerationTime":200}""", 200)]
    public async Task The_shortest_limit_is_the_models_deadline(int responseTimeout, string settings, int expected)
    {
        using var run = new LlmRun(HostModel.Saying("Yes."), settings, responseTimeout, new ManualTime());
        await run.RespondAsync(TestCharacters.Hello);

        Assert.That(run.Model.Options.Single().Timeout, Is.EqualTo(TimeSpan.FromMilliseconds(expected)));
    }

    [Test]
    public async Task A_model_with_a_chat_template_gets_messages()
    {
        using var run = new LlmRun(HostModel.Saying("Yes.", hasChatTemplate: true));
        await run.RespondAsync(TestCharacters.Hello with { UserText = "first" });
        await run.RespondAsync(TestCharacters.Hello with { UserText = "second <|im_end|>" });
        IReadOnlyList<ChatMessage> chat = run.Model.Chats.Last();

        Assert.Multiple(() =>
        {
            Assert.That(run.Model.Prompts, Is.Empty);
            Assert.That(chat.Select(message => message.Role), Is.EqualTo(new[] { "system", "user", "assistant", "user" }));
            Assert.That(chat.Skip(1).Select(message => message.Content), Is.EqualTo(new[] { "first", "Yes.", "second <|im_end|>" }));
            Assert.That(chat[0].Content, Does.Contain("Tilda").And.Contain("lighthouse"));
        });
    }

    [Test]
    public async Task A_model_without_one_gets_a_text_within_its_window()
    {
        using var run = new LlmRun(HostModel.Saying("Yes.", contextSize: 150), """{"modelPath":"m","maxTokens":50,"maxHistoryLength":10}""");
        for (int i = 0; i < 8; i++)
        {
            await run.RespondAsync(TestCharacters.Hello with { UserText = $"number {i} and a few more words so that it grows" });
        }

        Assert.Multiple(() =>
        {
            Assert.That(run.Model.Prompts.Select(prompt => prompt.Split(' ').Length), Is.All.LessThanOrEqualTo(100));
            Assert.That(run.Model.Prompts.Last(), Does.Contain("number 7").And.Contain("number 6").And.Not.Contain("number 0"));
            Assert.That(run.Model.Prompts.Last(), Does.EndWith("Your response:"));
        });
    }

    [TestCase("A whole one. And half of an", FinishReason.Length, "A whole one.")]
    [TestCase("A whole one. And half of an", FinishReason.Timeout, "A whole one.")]
    [TestCase("Only half of an", FinishReason.Length, "Only half of an")]
    [TestCase("A whole one. And half of an", FinishReason.Stop, "A whole one. And half of an")]
    public async Task A_reply_that_was_cut_short_keeps_its_whole_sentences(string text, FinishReason finish, string expected)
    {
        using var run = new LlmRun(HostModel.Saying(text, finish));

        Assert.That((await run.RespondAsync(TestCharacters.Hello)).Text, Is.EqualTo(expected));
    }

    [TestCase("", FinishReason.Stop, "produced no usable text")]
    [TestCase("\u0001\u0002 \n\t", FinishReason.Stop, "produced no usable text")]
    [TestCase("\uFFFD\uFFFD?", FinishReason.Stop, "produced no usable text")]
    [TestCase("a\uFFFDb\uFFFD", FinishReason.Stop, "produced no usable text")]
    [TestCase("... !", FinishReason.Stop, "produced no usable text")]
    [TestCase("Only half of an", FinishReason.Timeout, "timeoutMs of 2000 ms passed after 3 tokens")]
    [TestCase("", FinishReason.Cancelled, "freed")]
    public async Task A_model_that_gives_nothing_to_show_has_failed(string text, FinishReason finish, string reason)
    {
        using var run = new LlmRun(HostModel.Saying(text, finish), """{"modelPath":"m","fallbackEnabled":false}""", responseTimeout: 0);
        DialogResponse response = await run.RespondAsync(TestCharacters.Hello);

        Assert.Multiple(() =>
        {
            Assert.That(response.Backend, Is.EqualTo("fallback"));
            Assert.That(response.Attempts.Single().Outcome, Is.EqualTo(DialogOutcome.Failed));
            Assert.That(response.Attempts.Single().Reason, Does.Contain(reason));
            Assert.That(run.Manager.History.Get("default"), Is.Empty, "only what succeeded is remembered");
        });
    }

    [Test]
    public async Task With_fallback_enabled_the_backend_says_a_prepared_line_of_little_confidence()
    {
        const string Phrases = """{"modelPath":"m","markov_chain":{"fallbackPhrases":["The fog is thick."]}}""";
        using var run = new LlmRun(new HostModel((_, _, _) => throw new InferenceException("out of memory")), Phrases, threshold: 0.3);
        DialogResponse configured = await run.RespondAsync(TestCharacters.Hello);
        DialogResponse given = await run.RespondAsync(TestCharacters.Hello with { FallbackResponses = ["Prepared."] });
        using var bare = new LlmRun(new HostModel((_, _, _) => throw new InferenceException("out of memory")), threshold: 0.3);
        DialogResponse builtIn = await bare.RespondAsync(TestCharacters.Hello);

        Assert.Multiple(() =>
        {
            Assert.That(configured.Text, Is.EqualTo("The fog is thick."));
            Assert.That((configured.Confidence, configured.Type, configured.Animation, configured.Tone), Is.EqualTo((0.3, "fallback", "talking", "neutral")));
            Assert.That(configured.FallbackReason, Is.EqualTo("out of memory"));
            Assert.That(configured.Backend, Is.EqualTo("llm"));
            Assert.That(given.Text, Is.EqualTo("Prepared."));
            Assert.That(builtIn.Text, Is.Not.Empty);
        });
    }

    [Test]
    public async Task A_model_that_ignores_its_deadline_is_left()
    {
        var never = new TaskCompletionSource<Completion>();
        using var run = new LlmRun(new HostModel((_, _, _) => never.Task), responseTimeout: 200);
        DialogResponse response = await run.RespondAsync(TestCharacters.Hello).Within("the dialog with a hanging model");

        Assert.Multiple(() =>
        {
            Assert.That(response.IsFallback, Is.True);
            Assert.That(response.Attempts.Single().Outcome, Is.EqualTo(DialogOutcome.TimedOut));
        });
        never.SetResult(HostModel.Complete("late"));
    }

    [Test]
    public async Task More_dialogs_than_concurrentRequests_wait_for_their_turn()
    {
        int inside = 0;
        int most = 0;
        using var run = new LlmRun(
            new HostModel(async (_, _, _) =>
            {
                int now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                return HostModel.Complete("Yes.");
            }),
            """{"modelPath":"m","concurrentRequests":2}""",
            responseTimeout: 0);
        DialogResponse[] responses = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => run.RespondAsync(TestCharacters.Hello with { ConversationId = $"{i}" }))).Within("40 dialogs");

        Assert.Multiple(() =>
        {
            Assert.That(responses.Select(response => response.Backend), Is.All.EqualTo("llm"));
            Assert.That(most, Is.InRange(1, 2));
        });
    }

    [Test]
    public async Task MaxGenerationTime_begins_when_it_is_the_dialogs_turn()
    {
        var time = new ManualTime();
        var first = new TaskCompletionSource<Completion>();
        var asked = new TaskCompletionSource();
        using var run = new LlmRun(
            new HostModel((_, _, _) => asked.TrySetResult() ? first.Task : Task.FromResult(HostModel.Complete("Yes."))),
            """{"modelPath":"m","timeoutMs":0,"maxGenerationTime":200,"concurrentRequests":1}""",
            responseTimeout: 0,
            time);
        Task<DialogResponse> turn = run.RespondAsync(TestCharacters.Hello);
        await asked.Task.Within("the first dialog");
        Task<DialogResponse> waiting = run.RespondAsync(TestCharacters.Hello);
        time.Advance(TimeSpan.FromSeconds(5));
        first.SetResult(HostModel.Complete("Yes."));
        DialogResponse[] responses = await Task.WhenAll(turn, waiting).Within("both dialogs");

        Assert.Multiple(() =>
        {
            Assert.That(responses.Select(response => response.Backend), Is.All.EqualTo("llm"));
            Assert.That(run.Model.Options.Select(options => options.Timeout), Is.All.EqualTo(TimeSpan.FromMilliseconds(200)));
        });
    }

    [Test]
    public async Task A_disabled_backend_is_not_asked()
    {
        using var run = new LlmRun(HostModel.Saying("Yes."), """{"modelPath":"m","enabled":false}""");

        Assert.That((await run.RespondAsync(TestCharacters.Hello)).Attempts.Single().Outcome, Is.EqualTo(DialogOutcome.CannotHandle));
    }

    [Test]
    public async Task Debug_logs_prompt_and_reply()
    {
        using var log = new RecordingLoggerFactory();
        using var text = new LlmRun(HostModel.Saying("Yes."), """{"modelPath":"m","debug":true}""", log: log);
        using var chat = new LlmRun(HostModel.Saying("Aye.", hasChatTemplate: true), """{"modelPath":"m","debug":true}""", log: log);
        await text.RespondAsync(TestCharacters.Hello);
        await chat.RespondAsync(TestCharacters.Hello);

        Assert.That(log.Logger.Lines, Has.Some.Contains("Your response:").And.Some.Contains("[user] hello").And.Some.Contains("says 'Aye.'"));
    }

    [Test]
    public async Task MockMode_asks_for_the_mock()
    {
        using var manager = new DialogManager(TestCharacters.Card(TestCharacters.Chain("llm", settings: """{"llm":{"modelPath":"m","mockMode":true}}""")));
        DialogResponse response = await manager.RespondAsync(new DialogContext { Trigger = "feed" });

        Assert.Multiple(() =>
        {
            Assert.That(response.Backend, Is.EqualTo("llm"));
            Assert.That(response.ModelBackend, Is.EqualTo("mock"));
        });
    }

    [Test]
    public async Task A_seed_makes_each_turn_repeatable_and_different_from_the_next()
    {
        using var run = new LlmRun(HostModel.Saying("Yes."), seed: 5);
        using var same = new LlmRun(HostModel.Saying("Yes."), seed: 5);
        for (int i = 0; i < 3; i++)
        {
            await run.RespondAsync(TestCharacters.Hello);
            await same.RespondAsync(TestCharacters.Hello);
        }
        uint?[] seeds = [.. run.Model.Options.Select(options => options.Seed)];

        Assert.Multiple(() =>
        {
            Assert.That(seeds, Is.Unique.And.All.Not.Null);
            Assert.That(same.Model.Options.Select(options => options.Seed), Is.EqualTo(seeds));
        });
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }

    private sealed class LlmRun : IDisposable
    {
        private readonly LanguageModelPool _pool = new();

        public LlmRun(HostModel model, string settings = """{"modelPath":"m"}""", int responseTimeout = 1000, TimeProvider? time = null, double threshold = 0.5, int? seed = null, RecordingLoggerFactory? log = null)
        {
            Model = model;
            SharedModel shared = _pool.Share("host://model", _ => Task.FromResult<ILanguageModel>(model));
            var registry = new DialogBackendRegistry()
                .Register("llm", setting => new LlmBackend(LlmBackendConfig.Parse(setting.Settings, setting.SettingsPath), shared, setting));
            Manager = new DialogManager(
                TestCharacters.Card(TestCharacters.Chain("llm", threshold: threshold, timeout: responseTimeout, settings: $$"""{ "llm": {{settings}} }""")),
                new DialogManagerOptions { Registry = registry, TimeProvider = time, Seed = seed, LoggerFactory = log });
        }

        public HostModel Model { get; }

        public DialogManager Manager { get; }

        public Task<DialogResponse> RespondAsync(DialogContext context) => Manager.RespondAsync(context).AsTask();

        public void Dispose()
        {
            Manager.Dispose();
            _pool.Dispose();
        }
    }
}
