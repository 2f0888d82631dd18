using System.Collections.Concurrent;

namespace Minilm.Tests.Dialog.Support;

/// <summary>A language model as a host might bring one, that does what a test says and keeps what it was asked.</summary>
internal sealed class HostModel(Func<string, CompletionOptions, CancellationToken, Task<Completion>> predict, bool hasChatTemplate = false, int contextSize = 2048) : ILanguageModel
{
    public ConcurrentQueue<string> Prompts { get; } = [];

    public ConcurrentQueue<IReadOnlyList<ChatMessage>> Chats { get; } = [];

    public ConcurrentQueue<CompletionOptions> Options { get; } = [];

    public bool IsDisposed { get; private set; }

    public static HostModel Saying(string text, FinishReason finish = FinishReason.Stop, bool hasChatTemplate = false, int contextSize = 2048) =>
        new((_, _, _) => Task.FromResult(Complete(text, finish)), hasChatTemplate, contextSize);

    public static Completion Complete(string text, FinishReason finish = FinishReason.Stop) =>
        new(text, finish, new CompletionUsage { CompletionTokens = text.Length / 4, TotalTime = TimeSpan.FromMilliseconds(5) });

    public Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public ValueTask<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        Options.Enqueue(request.Options!);
        if (request.Messages is { } messages)
        {
            Chats.Enqueue(messages);
        }
        else
        {
            Prompts.Enqueue(request.Prompt!);
        }
        return new ValueTask<Completion>(predict(request.Prompt ?? request.Messages![^1].Content, request.Options!, cancellationToken));
    }

    public IAsyncEnumerable<CompletionChunk> StreamAsync(CompletionRequest request, CancellationToken cancellationToken = default) =>
        AsyncEnumerable.Empty<CompletionChunk>(); // no dialog streams

    public int CountTokens(CompletionRequest request) =>
        request.Prompt is { } text ? CountWords(text) : request.Messages!.Sum(message => CountWords(message.Content) + 4);

    public ModelInfo GetModelInfo() => new() { Path = "host://model", ModelType = "host", Backend = "host", HasChatTemplate = hasChatTemplate, ContextSize = contextSize, IsInitialized = true };

    public void Free() => IsDisposed = true;

    private static int CountWords(string text) => text.Split(' ').Length;
}
