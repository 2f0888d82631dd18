namespace Minilm.Tests;

/// <summary>A model of a host's own: six members, and all the rest works on them.</summary>
public sealed class HostModelTests
{
    [Test]
    public async Task Everything_that_models_can_be_asked_works_on_the_six_members()
    {
#pragma warning disable CA1859 // the interface is what is tested
        using ILanguageModel model = new EchoModel();
#pragma warning restore CA1859
        model.Initialize();
        await model.InitializeAsync();
        string heard = "";
        var messages = new[] { new ChatMessage(ChatMessage.System, "Be kind."), new ChatMessage(ChatMessage.User, "Aye") };

        Assert.Multiple(async () =>
        {
            Assert.That(model.ContextSize, Is.EqualTo(99));
            Assert.That(model.Predict("Aye"), Is.EqualTo("Aye!"));
            Assert.That(model.Predict("Aye", new CompletionOptions { MaxTokens = 1 }, text => heard += text.ToString()).Text, Is.EqualTo("Aye! 1"));
            Assert.That(heard, Is.EqualTo("Aye! 1"));
            Assert.That(model.PredictWithTimeout("Aye", TimeSpan.FromSeconds(7)).Text, Is.EqualTo("Aye! 7 s, Throw"));
            Assert.That(model.PredictChat(messages).Text, Is.EqualTo("Aye!"));
            Assert.That((await model.PredictAsync("Aye")).Text, Is.EqualTo("Aye!"));
            Assert.That((await model.PredictAsync("Aye", new CompletionOptions { MaxTokens = 2 }, null)).Text, Is.EqualTo("Aye! 2"));
            Assert.That((await model.PredictChatAsync(messages)).Text, Is.EqualTo("Aye!"));
            Assert.That(await TextOf(model.PredictStreamingAsync("Aye")), Is.EqualTo("Aye!"));
            Assert.That(await TextOf(model.PredictChatStreamingAsync(messages)), Is.EqualTo("Aye!"));
            Assert.That(model.EstimateTokens("12345678"), Is.EqualTo(2));
            Assert.That(model.CountTokens("one two"), Is.EqualTo(2));
            Assert.That(model.CountTokens(messages), Is.EqualTo(3));
        });
    }

    [Test]
    public async Task Disposing_frees_the_model()
    {
        var first = new EchoModel();
        var second = new EchoModel();
        using (ILanguageModel model = first)
        {
        }
        await using (ILanguageModel model = second)
        {
        }

        Assert.That((first.IsFreed, second.IsFreed), Is.EqualTo((true, true)));
    }

    private static async Task<string> TextOf(IAsyncEnumerable<CompletionChunk> chunks)
    {
        string text = "";
        await foreach (CompletionChunk chunk in chunks)
        {
            text += chunk.Text;
        }
        return text;
    }

    private sealed class EchoModel : ILanguageModel
    {
        public bool IsFreed { get; private set; }

        public Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public ValueTask<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
        {
            string text = $"{request.Prompt ?? request.Messages![^1].Content}!";
            text += request.Options?.MaxTokens is { } tokens ? $" {tokens}" : "";
            text += request.Options?.Timeout is { } limit ? $" {limit.TotalSeconds} s, {request.Options.OnInterruption}" : "";
            request.OnText?.Invoke(text);
            return new ValueTask<Completion>(new Completion(text, FinishReason.Stop, new CompletionUsage()));
        }

        public async IAsyncEnumerable<CompletionChunk> StreamAsync(CompletionRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return new CompletionChunk((await CompleteAsync(request, cancellationToken)).Text);
        }

        public int CountTokens(CompletionRequest request) =>
            (request.Prompt ?? string.Join(' ', request.Messages!.Select(message => message.Content))).Split(' ').Length;

        public ModelInfo GetModelInfo() => new() { Path = "echo", ModelType = "echo", Backend = "echo", ContextSize = 99 };

        public void Free() => IsFreed = true;
    }
}
