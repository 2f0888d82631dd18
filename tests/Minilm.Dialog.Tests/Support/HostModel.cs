using System.Collections.Concurrent;

namespace Minilm.Tests.Dialog.Support;

/// <summary>A language model as a host might bring one, that does what a test says and keeps what it was asked.</summary>
internal sealed class HostModel(Func<string, CompletionOptions, CancellationToken, Task<Completion>> predict, bool hasChatTemplate = false, int contextSize = 2048) : ILanguageModel
{
    public ConcurrentQueue<string> Prompts { get; } = [];

    public ConcurrentQueue<IReadOnlyList<ChatMessage>> Chats { get; } = [];

    public ConcurrentQueue<CompletionOptions> Options { get; } = [];

    public bool IsDisposed { get; private set; }

    public int ContextSize => contextSize;

    public static HostModel Saying(string text, FinishReason finish = FinishReason.Stop, bool hasChatTemplate = false, int contextSize = 2048) =>
        new((_, _, _) => Task.FromResult(Complete(text, finish)), hasChatTemplate, contextSize);

    public static Completion Complete(string text, FinishReason finish = FinishReason.Stop) =>
        new(text, finish, new CompletionUsage { CompletionTokens = text.Length / 4, TotalTime = TimeSpan.FromMilliseconds(5) });

    public Task<Completion> PredictAsync(string prompt, CompletionOptions? options, TextHandler? onText, CancellationToken cancellationToken = default)
    {
        Prompts.Enqueue(prompt);
        Options.Enqueue(options!);
        return predict(prompt, options!, cancellationToken);
    }

    public Task<Completion> PredictChatAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default)
    {
        Chats.Enqueue(messages);
        Options.Enqueue(options!);
        return predict(messages[^1].Content, options!, cancellationToken);
    }

    public int CountTokens(string text) => text.Split(' ').Length;

    public int CountTokens(IReadOnlyList<ChatMessage> messages) => messages.Sum(message => CountTokens(message.Content) + 4);

    public ModelInfo GetModelInfo() => new() { Path = "host://model", ModelType = "host", Backend = "host", HasChatTemplate = hasChatTemplate, ContextSize = contextSize, IsInitialized = true };

    public void Dispose() => IsDisposed = true;

    public void Free() => Dispose();

    public void Initialize(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
    }

    public Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public int EstimateTokens(string text) => text.Length / 4;

    public string Predict(string prompt) => throw new NotSupportedException();

    public Completion Predict(string prompt, CompletionOptions? options, TextHandler? onText = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Completion PredictWithTimeout(string prompt, TimeSpan timeout, InterruptionBehavior onTimeout = InterruptionBehavior.Throw) => throw new NotSupportedException();

    public Completion PredictChat(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<Completion> PredictAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<CompletionChunk> PredictStreamingAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public IAsyncEnumerable<CompletionChunk> PredictChatStreamingAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
