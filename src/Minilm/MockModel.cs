using Minilm.Abstractions;
using Minilm.Engine;

namespace Minilm;

/// <summary>Configures a <see cref="MockModel"/>.</summary>
public sealed record MockModelOptions
{
    /// <summary>Gets how long an answer takes.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Gets why the mock stands in for a real model; null when it was asked for.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>Gets what the mock says is its context window, in tokens.</summary>
    public int ContextSize { get; init; } = LlamaModelOptions.DefaultContextSize;
}

/// <summary>A model that answers with canned lines: for tests, and for hosts whose real model is missing. It always says that it is a mock (<see cref="ModelInfo.Backend"/>).</summary>
/// <remarks>The same prompt and seed give the same answer. Tokens are counted as words.</remarks>
public sealed class MockModel : ISynchronousLanguageModel
{
    private readonly MockModelOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private CancellationTokenSource? _running; // null until initialized

    /// <summary>Creates a mock.</summary>
    /// <param name="options">What it pretends; null is the default.</param>
    /// <param name="timeProvider">The clock of its delay.</param>
    public MockModel(MockModelOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new MockModelOptions();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Gets what the mock says is its context window, in tokens.</summary>
    public int ContextSize => _options.ContextSize;

    /// <inheritdoc/>
    public void Initialize(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _running ??= new CancellationTokenSource();
        }
        progress?.Report(1);
    }

    /// <inheritdoc/>
    public Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        Initialize(progress, cancellationToken);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Completion Complete(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The text is handed on here and not where the answer is made: a caller that blocks gets it on its own thread.
        Completion completion = AnswerAsync(request with { OnText = null }, cancellationToken).GetAwaiter().GetResult();
        if (completion.Text.Length > 0)
        {
            request.OnText?.Invoke(completion.Text);
        }
        return completion;
    }

    /// <inheritdoc/>
    public ValueTask<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new ValueTask<Completion>(AnswerAsync(request, cancellationToken));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<CompletionChunk> StreamAsync(CompletionRequest request, CancellationToken cancellationToken = default) =>
        CompletionStream.Run(this, request, cancellationToken);

    /// <inheritdoc/>
    public int CountTokens(CompletionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequireRunning();
        return CountWords(TextOf(request));
    }

    /// <inheritdoc/>
    public ModelInfo GetModelInfo() => new()
    {
        Path = "mock://model",
        ModelType = "mock",
        Backend = ModelInfo.BackendMock,
        FallbackReason = _options.FallbackReason,
        ContextSize = ContextSize,
        IsInitialized = Volatile.Read(ref _running) is not null,
        Description = "canned answers, no model",
        HasChatTemplate = true,
    };

    /// <inheritdoc/>
    public void Free()
    {
        CancellationTokenSource? running;
        lock (_gate)
        {
            (running, _running) = (_running, null);
        }
        running?.Cancel(); // not disposed: calls that are ending still look at its token
    }

    /// <inheritdoc/>
    public void Dispose() => Free();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Free();
        return ValueTask.CompletedTask;
    }

    private async Task<Completion> AnswerAsync(CompletionRequest request, CancellationToken cancellationToken)
    {
        CancellationToken freed = RequireRunning();
        CompletionOptions options = request.Options ?? new CompletionOptions();
        OptionsRules.Require(CompletionOptionsValidator.Validate(options));
        string prompt = TextOf(request);
        if (prompt.Length == 0)
        {
            throw new ArgumentException("The prompt is empty.", nameof(request));
        }

        var deadline = new Deadline(_time, options.Timeout);
        FinishReason finish = await Delay(deadline, freed, cancellationToken).ConfigureAwait(false);
        string text = "";
        if (finish == FinishReason.Stop)
        {
            (text, finish) = Cut(MockAnswers.For(request.Messages?[^1].Content ?? prompt, options.Seed ?? 0), options);
            request.OnText?.Invoke(text);
        }
        var completion = new Completion(text, finish, new CompletionUsage
        {
            PromptTokens = CountWords(prompt),
            CompletionTokens = CountWords(text),
            TimeToFirstToken = text.Length > 0 ? deadline.Elapsed : null,
            TotalTime = deadline.Elapsed,
        });
        return options.OnInterruption == InterruptionBehavior.Throw ? Interruptions.ThrowIfInterrupted(completion, options.Timeout, cancellationToken) : completion;
    }

    private async Task<FinishReason> Delay(Deadline deadline, CancellationToken freed, CancellationToken cancellationToken)
    {
        bool late = deadline.Remaining < _options.Delay;
        TimeSpan wait = late ? deadline.Remaining!.Value : _options.Delay;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(freed, cancellationToken);
        try
        {
            linked.Token.ThrowIfCancellationRequested();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, _time, linked.Token).ConfigureAwait(false);
            }
            return late ? FinishReason.Timeout : FinishReason.Stop;
        }
        catch (OperationCanceledException)
        {
            return FinishReason.Cancelled;
        }
    }

    private static (string Text, FinishReason Finish) Cut(string answer, CompletionOptions options)
    {
        FinishReason finish = FinishReason.Stop;
        string[] words = answer.Split(' ');
        if (options.MaxTokens is { } most && words.Length > most)
        {
            answer = string.Join(' ', words.Take(most));
            finish = FinishReason.Length;
        }
        foreach (string stop in options.StopStrings)
        {
            int at = answer.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0)
            {
                answer = answer[..at];
                finish = FinishReason.Stop;
            }
        }
        return (answer, finish);
    }

    private static string TextOf(CompletionRequest request) => request.Prompt ?? string.Join('\n', request.Messages!.Select(message => message.Content));

    private CancellationToken RequireRunning() =>
        Volatile.Read(ref _running)?.Token ?? throw new InvalidOperationException($"model not initialized: call Initialize before (after {nameof(Free)}, again)");

    private static int CountWords(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
