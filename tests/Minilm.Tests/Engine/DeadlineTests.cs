using Minilm.Abstractions;
using Minilm.Chat;
using Minilm.Engine;

namespace Minilm.Tests.Engine;

public sealed class DeadlineTests
{
    private LlamaModel _model = null!;
    private string _longPrompt = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _model = TestModels.Load(TestModels.Slow);
        _longPrompt = string.Concat(Enumerable.Repeat("7 8 ", 480)); // a prefill that takes far longer than the deadlines below
        Assert.That(_model.CountTokens(_longPrompt), Is.InRange(1000, 2040));
    }

    [OneTimeTearDown]
    public void Free() => _model.Dispose();

    [Test]
    public void Deadline_in_the_middle_of_a_prompt_gives_an_empty_result_and_leaves_the_model_usable()
    {
        string expected = Greedy();

        Completion late = _model.PredictWithTimeout(_longPrompt, TimeSpan.FromMilliseconds(5), InterruptionBehavior.ReturnPartial);

        Assert.Multiple(() =>
        {
            Assert.That(late.FinishReason, Is.EqualTo(FinishReason.Timeout));
            Assert.That(late.Text, Is.Empty);
            Assert.That(late.Usage.TimeToFirstToken, Is.Null);
            Assert.That(Greedy(), Is.EqualTo(expected), "the next call is not disturbed");
        });
    }

    [Test]
    public void Deadline_during_the_completion_keeps_the_text_so_far()
    {
        var options = new CompletionOptions
        {
            MaxTokens = 2000,
            OnInterruption = InterruptionBehavior.ReturnPartial,
            LogitBias = new Dictionary<int, float> { [_model.Vocab.EndOfText!.Value] = float.NegativeInfinity },
        };

        // The shortest limit within which this machine generates something.
        TimeSpan limit = TimeSpan.FromMilliseconds(50);
        Completion partial = _model.Predict("Hello", options with { Timeout = limit });
        while (partial.Usage.CompletionTokens == 0)
        {
            limit *= 2;
            partial = _model.Predict("Hello", options with { Timeout = limit });
        }
        var error = Assert.Throws<CompletionTimeoutException>(() => _model.Predict("Hello", options with { Timeout = limit, OnInterruption = InterruptionBehavior.Throw }))!;

        Assert.Multiple(() =>
        {
            Assert.That(partial.FinishReason, Is.EqualTo(FinishReason.Timeout));
            Assert.That(partial.Usage.CompletionTokens, Is.InRange(1, 1999));
            Assert.That(error.Partial.FinishReason, Is.EqualTo(FinishReason.Timeout));
            Assert.That(error.Message, Does.Contain(FormattableString.Invariant($"{limit.TotalMilliseconds} ms")));
        });
    }

    [Test]
    public void PredictWithTimeout_throws_unless_asked_for_the_partial_result() =>
        Assert.That(() => _model.PredictWithTimeout(_longPrompt, TimeSpan.FromMilliseconds(3)), Throws.TypeOf<CompletionTimeoutException>());

    [Test]
    public async Task Deadline_counts_the_wait_for_other_calls()
    {
        using var stop = new CancellationTokenSource();
        var endless = new CompletionOptions { MaxTokens = 2000, LogitBias = new Dictionary<int, float> { [_model.Vocab.EndOfText!.Value] = float.NegativeInfinity }, OnInterruption = InterruptionBehavior.ReturnPartial };
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Completion> first = Task.Run(() => _model.Predict("Hello", endless, _ => started.TrySetResult(), stop.Token));
        await started.Task.Within("the first token");

        var waiting = new CompletionOptions { Timeout = TimeSpan.FromMilliseconds(20), OnInterruption = InterruptionBehavior.ReturnPartial };
        Completion second = await _model.PredictAsync("Hello", waiting).Within("a call that waits");
        Completion third = _model.Predict("Hello", waiting);
        await stop.CancelAsync();

        Assert.Multiple(() =>
        {
            Assert.That(second.FinishReason, Is.EqualTo(FinishReason.Timeout));
            Assert.That(second.Usage.QueueTime, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(15)));
            Assert.That(third.FinishReason, Is.EqualTo(FinishReason.Timeout));
        });
        Assert.That((await first.Within("the cancelled call")).FinishReason, Is.EqualTo(FinishReason.Cancelled));
    }

    [Test]
    public async Task Cancellation_in_the_middle_of_a_prompt_ends_the_call()
    {
        using var cancel = new CancellationTokenSource();
        Task<Completion> call = _model.PredictAsync(_longPrompt, new CompletionOptions { MaxTokens = 1, OnInterruption = InterruptionBehavior.ReturnPartial }, cancel.Token);
        cancel.CancelAfter(TimeSpan.FromMilliseconds(30)); // far less than the prompt takes

        Assert.That((await call.Within("the cancelled prompt")).FinishReason, Is.EqualTo(FinishReason.Cancelled));
    }

    [Test]
    public void Deadline_without_a_limit_never_passes()
    {
        var none = new Deadline(TimeProvider.System, null);
        var vast = new Deadline(TimeProvider.System, TimeSpan.MaxValue);
        var passed = new Deadline(TimeProvider.System, TimeSpan.FromTicks(-1));

        Assert.Multiple(() =>
        {
            Assert.That(none.HasPassed, Is.False);
            Assert.That(none.Remaining, Is.Null);
            Assert.That(none.RemainingMilliseconds, Is.EqualTo(-1));
            Assert.That(vast.HasPassed, Is.False);
            Assert.That(passed.HasPassed, Is.True);
            Assert.That(passed.Remaining, Is.EqualTo(TimeSpan.Zero));
        });
    }

    private string Greedy() => _model.Predict("Hello", new CompletionOptions { Temperature = 0, MaxTokens = 8 }).Text;
}
