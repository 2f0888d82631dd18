namespace Minilm.Benchmarks;

/// <summary>A model that answers at once, so that what is measured is everything but the model.</summary>
internal sealed class InstantModel : ILanguageModel
{
    private static readonly Completion Reply = new(" The sea is dark tonight, and the ships are little stars. Sit down and count them with me.", FinishReason.Stop, new CompletionUsage { CompletionTokens = 22 });
    private static readonly Task<Completion> Ready = Task.FromResult(Reply);
    private static readonly ModelInfo Info = new() { Path = "instant.gguf", ModelType = "instant", Backend = "instant", ContextSize = 2048, IsInitialized = true };

    public int ContextSize => 2048;

    public int CountTokens(string text) => EstimateTokens(text);

    public int CountTokens(IReadOnlyList<ChatMessage> messages) => messages.Sum(message => EstimateTokens(message.Content));

    public int EstimateTokens(string text) => text.Length / 4;

    public ModelInfo GetModelInfo() => Info;

    public void Initialize(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
    }

    public Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public string Predict(string prompt) => Reply.Text;

    public Completion Predict(string prompt, CompletionOptions? options, TextHandler? onText = null, CancellationToken cancellationToken = default) => Reply;

    public Completion PredictWithTimeout(string prompt, TimeSpan timeout, InterruptionBehavior onTimeout = InterruptionBehavior.Throw) => Reply;

    public Completion PredictChat(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default) => Reply;

    public Task<Completion> PredictAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default) => Ready;

    public Task<Completion> PredictAsync(string prompt, CompletionOptions? options, TextHandler? onText, CancellationToken cancellationToken = default) => Ready;

    public Task<Completion> PredictChatAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default) => Ready;

    public IAsyncEnumerable<CompletionChunk> PredictStreamingAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<CompletionChunk> PredictChatStreamingAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Free()
    {
    }

    public void Dispose()
    {
    }
}
