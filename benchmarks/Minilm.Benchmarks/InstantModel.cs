namespace Minilm.Benchmarks;

/// <summary>A model that answers at once, so that what is measured is everything but the model.</summary>
internal sealed class InstantModel : ILanguageModel
{
    private static readonly Completion Reply = new(" The sea is dark tonight, and the ships are little stars. Sit down and count them with me.", FinishReason.Stop, new CompletionUsage { CompletionTokens = 22 });
    private static readonly ModelInfo Info = new() { Path = "instant.gguf", ModelType = "instant", Backend = "instant", ContextSize = 2048, IsInitialized = true };

    public Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public ValueTask<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default) => new(Reply);

    public IAsyncEnumerable<CompletionChunk> StreamAsync(CompletionRequest request, CancellationToken cancellationToken = default) =>
        new[] { new CompletionChunk(Reply.Text), new CompletionChunk("", Reply.FinishReason, Reply.Usage) }.ToAsyncEnumerable();

    public int CountTokens(CompletionRequest request) => request.Prompt is { } text ? text.Length / 4 : request.Messages!.Sum(message => message.Content.Length / 4);

    public ModelInfo GetModelInfo() => Info;

    public void Free()
    {
    }
}
