using System.Text;

namespace Minilm.Tests.Engine;

/// <summary>One rule for all ways to ask: what interrupts a call throws, unless the partial text is asked for.</summary>
public sealed class InterruptionTests
{
    private static readonly ChatMessage[] Chat = [new(ChatMessage.User, "Hello")];

    private LlamaModel _model = null!;
    private CompletionOptions _endless = null!;

    public static IEnumerable<TestCaseData> Ways()
    {
        yield return Way("Predict", (model, options, onText, token) => Task.Run(() => model.Predict("Hello", options, onText, token), CancellationToken.None));
        yield return Way("PredictAsync", (model, options, onText, token) => model.PredictAsync("Hello", options, onText, token));
        yield return Way("PredictChatAsync", (model, options, onText, token) => model.PredictChatAsync(Chat, options, onText, token));
        yield return Way("PredictChat", (model, options, onText, token) => Task.Run(() => model.PredictChat(Chat, options, onText, token), CancellationToken.None));
        yield return Way("CompleteAsync", (model, options, onText, token) => model.CompleteAsync(new CompletionRequest("Hello", options) { OnText = onText }, token).AsTask());
        yield return Way("PredictStreamingAsync", (model, options, onText, token) => ReadAsync(model.PredictStreamingAsync("Hello", options, token), onText));
        yield return Way("PredictChatStreamingAsync", (model, options, onText, token) => ReadAsync(model.PredictChatStreamingAsync(Chat, options, token), onText));

        static TestCaseData Way(string name, Ask ask) => new TestCaseData(ask).SetArgDisplayNames(name);
    }

    [OneTimeSetUp]
    public void Load()
    {
        _model = TestModels.Load(TestModels.Slow, options => options.ChatTemplate = "chatml");
        _endless = new CompletionOptions { MaxTokens = 100_000, LogitBias = new Dictionary<int, float> { [_model.Vocab.EndOfText!.Value] = float.NegativeInfinity }, Overflow = ContextOverflow.Shift };
    }

    [OneTimeTearDown]
    public void Free() => _model.Dispose();

    [TestCaseSource(nameof(Ways))]
    public void A_cancelled_token_throws(Ask ask)
    {
        using var cancellation = new CancellationTokenSource();
        Task<Completion> call = ask(_model, _endless, _ => cancellation.Cancel(), cancellation.Token);

        Assert.That(
            async () => await call.Within("a cancelled call"),
            Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(cancellation.Token));
    }

    [TestCaseSource(nameof(Ways))]
    public void A_deadline_throws_with_the_text_so_far(Ask ask)
    {
        var seen = new StringBuilder();
        Task<Completion> call = ask(_model, _endless with { Timeout = TimeSpan.FromMilliseconds(400) }, text => seen.Append(text), CancellationToken.None);

        var error = Assert.ThrowsAsync<CompletionTimeoutException>(async () => await call.Within("a call past its deadline"))!;
        Assert.That(error, Is.InstanceOf<MinilmException>());
        Assert.That(error.Partial.Text, Is.EqualTo(seen.ToString()));
    }

    [TestCaseSource(nameof(Ways))]
    public async Task A_cancelled_token_gives_the_text_so_far_on_request(Ask ask)
    {
        using var cancellation = new CancellationTokenSource();
        Completion completion = await ask(_model, _endless with { OnInterruption = InterruptionBehavior.ReturnPartial }, _ => cancellation.Cancel(), cancellation.Token).Within("a cancelled call");

        Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Cancelled));
        Assert.That(completion.Text, Is.Not.Empty);
    }

    [TestCaseSource(nameof(Ways))]
    public async Task Free_throws_or_gives_the_text_so_far(Ask ask)
    {
        using LlamaModel model = TestModels.LoadTiny(options => options.ChatTemplate = "chatml");
        CompletionOptions options = _endless with { OnInterruption = InterruptionBehavior.ReturnPartial };
        Completion completion = await ask(model, options, _ => model.Free(), CancellationToken.None).Within("a call of a freed model");
        Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Cancelled));

        await model.InitializeAsync();
        Assert.That(async () => await ask(model, _endless, _ => model.Free(), CancellationToken.None).Within("a call of a freed model"), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task DisposeAsync_ends_when_the_memory_is_released()
    {
        LlamaModel model = TestModels.LoadTiny();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Completion> call = model.PredictAsync("Hello", _endless, _ => started.TrySetResult());
        await started.Task.Within("the first token");

        await model.DisposeAsync().AsTask().Within("DisposeAsync");

        Assert.That(call.IsCanceled, Is.True, "its memory is gone, so the call has ended");
    }

    private static async Task<Completion> ReadAsync(IAsyncEnumerable<CompletionChunk> chunks, TextHandler onText)
    {
        var text = new StringBuilder();
        await foreach (CompletionChunk chunk in chunks)
        {
            if (chunk.FinishReason is { } reason)
            {
                return new Completion(text.ToString(), reason, chunk.Usage!);
            }
            text.Append(chunk.Text);
            onText(chunk.Text);
        }
        throw new InvalidOperationException("The stream ended without a finish reason.");
    }

    public delegate Task<Completion> Ask(LlamaModel model, CompletionOptions options, TextHandler onText, CancellationToken token);
}
