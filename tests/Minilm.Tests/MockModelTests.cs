using System.Diagnostics;

namespace Minilm.Tests;

public sealed class MockModelTests
{
    [Test]
    public void GetModelInfo_says_that_it_is_a_mock()
    {
        using var mock = new MockModel();
        ModelInfo info = mock.GetModelInfo();

        Assert.Multiple(() =>
        {
            Assert.That(info.Path, Is.EqualTo("mock://model"));
            Assert.That(info.ModelType, Is.EqualTo("mock"));
            Assert.That(info.Backend, Is.EqualTo("mock"));
            Assert.That(info.FallbackReason, Is.Null);
            Assert.That(info.IsInitialized, Is.False);
            Assert.That(mock.ContextSize, Is.EqualTo(2048));
        });
    }

    [Test]
    public void Predict_keeps_the_contract_of_the_model()
    {
        using var mock = new MockModel();
        Assert.That(() => mock.Predict("x"), Throws.InvalidOperationException.With.Message.StartsWith("model not initialized"));
        mock.Initialize();
        mock.Initialize();

        Assert.Multiple(() =>
        {
            Assert.That(() => mock.Predict(""), Throws.ArgumentException);
            Assert.That(() => mock.Predict("x", new CompletionOptions { TopP = 3 }), Throws.ArgumentException);
            Assert.That(mock.Predict("x"), Is.Not.Empty);
            Assert.That(mock.EstimateTokens("abcdefgh"), Is.EqualTo(2));
            Assert.That(mock.CountTokens("two words"), Is.EqualTo(2));
        });
        mock.Free();
        mock.Free();
        Assert.That(() => mock.Predict("x"), Throws.InvalidOperationException);
    }

    [TestCase("The user fed you.", "hungry", "tasty")]
    [TestCase("You were petted", "ear", "asleep")]
    [TestCase("let us talk", "listening", "afternoon")]
    [TestCase("CLICK", "called", "knock")]
    [TestCase("idle for a while", "quiet", "daydreaming")]
    [TestCase("you feel sad", "grey", "kind word")]
    [TestCase("you are happy", "bright", "hum")]
    public void Predict_answers_by_the_situation_that_a_word_names(string prompt, string one, string other)
    {
        using MockModel mock = Initialized();

        Assert.That(mock.Predict(prompt), Does.Contain(one).Or.Contain(other));
    }

    [Test]
    public void Predict_takes_words_and_not_parts_of_words()
    {
        using MockModel mock = Initialized();

        Assert.That(mock.Predict("a carpet in the unhappy clickety house"), Is.Not.EqualTo(mock.Predict("click")));
        Assert.That(mock.Predict("unhappy"), Does.Contain("grey").Or.Contain("kind word"), "not the happy ones");
    }

    [Test]
    public void Predict_is_the_same_for_the_same_seed_and_varies_with_it()
    {
        using MockModel mock = Initialized();
        string[] answers = [.. Enumerable.Range(0, 40).Select(seed => mock.Predict("whatever", new CompletionOptions { Seed = (uint)seed }).Text)];

        Assert.Multiple(() =>
        {
            Assert.That(answers.Distinct().Count(), Is.GreaterThan(2));
            Assert.That(mock.Predict("whatever", new CompletionOptions { Seed = 5 }).Text, Is.EqualTo(answers[5]));
        });
    }

    [Test]
    public void Predict_honours_limits_and_stop_strings()
    {
        using MockModel mock = Initialized();
        Completion cut = mock.Predict("sad", new CompletionOptions { MaxTokens = 2 });
        string whole = mock.Predict("sad");
        Completion stopped = mock.Predict("sad", new CompletionOptions { StopStrings = [whole[4..9]] });

        Assert.Multiple(() =>
        {
            Assert.That(cut.FinishReason, Is.EqualTo(FinishReason.Length));
            Assert.That(cut.Usage.CompletionTokens, Is.EqualTo(2));
            Assert.That(stopped.Text, Is.EqualTo(whole[..4]));
            Assert.That(stopped.FinishReason, Is.EqualTo(FinishReason.Stop));
        });
    }

    [Test]
    public void PredictWithTimeout_ends_before_a_longer_delay()
    {
        using var mock = new MockModel(new MockModelOptions { Delay = TimeSpan.FromMinutes(10) });
        mock.Initialize();
        long start = Stopwatch.GetTimestamp();

        Completion late = mock.PredictWithTimeout("x", TimeSpan.FromMilliseconds(20), InterruptionBehavior.ReturnPartial);

        Assert.Multiple(() =>
        {
            Assert.That(late.FinishReason, Is.EqualTo(FinishReason.Timeout));
            Assert.That(late.Text, Is.Empty);
            Assert.That(() => mock.PredictWithTimeout("x", TimeSpan.FromMilliseconds(20)), Throws.TypeOf<CompletionTimeoutException>());
            Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromMinutes(5)));
        });
    }

    [Test]
    public async Task Free_and_cancellation_end_a_running_Predict()
    {
        using var mock = new MockModel(new MockModelOptions { Delay = TimeSpan.FromMinutes(10) });
        await mock.InitializeAsync();
        using var cancel = new CancellationTokenSource();
        Task<Completion> first = mock.PredictAsync("x", cancellationToken: cancel.Token);
        Task<Completion> second = mock.PredictAsync("x");
        await cancel.CancelAsync();
        Assert.That(async () => await first.Within("the cancelled call"), Throws.InstanceOf<OperationCanceledException>());

        mock.Free();

        Assert.That(async () => await second.Within("the call after Free"), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task PredictStreamingAsync_yields_the_answer_and_the_reason()
    {
        using MockModel mock = Initialized();
        var chunks = new List<CompletionChunk>();
        await foreach (CompletionChunk chunk in mock.PredictStreamingAsync("happy"))
        {
            chunks.Add(chunk);
        }

        Assert.That(string.Concat(chunks.Select(chunk => chunk.Text)), Is.EqualTo(mock.Predict("happy")));
        Assert.That(chunks[^1].FinishReason, Is.EqualTo(FinishReason.Stop));
    }

    private static MockModel Initialized()
    {
        var mock = new MockModel();
        mock.Initialize();
        return mock;
    }
}
