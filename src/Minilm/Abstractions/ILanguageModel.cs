namespace Minilm;

/// <summary>
/// A language model that answers prompts: the real one (<see cref="LlamaModel"/>), the mock (<see cref="MockModel"/>) or a
/// host's own, which implements six members. All else that models can be asked (<c>Initialize</c>, <c>Predict</c>,
/// <c>PredictWithTimeout</c>, …) are extension members on these (<see cref="LanguageModelExtensions"/>).
/// </summary>
/// <remarks>All members may be called from any thread.</remarks>
public interface ILanguageModel : IDisposable, IAsyncDisposable
{
    /// <summary>Loads the model. Does nothing when it is loaded; callers at the same time share one load. Works again after <see cref="Free"/>.</summary>
    /// <param name="progress">Receives the share that is loaded, from 0 to 1, on the loading thread.</param>
    /// <param name="cancellationToken">Gives up waiting. The load itself stops when all of its callers gave up.</param>
    /// <returns>A task that ends when the model is loaded.</returns>
    /// <exception cref="ModelLoadException">There is no such file, or it is not a model that can be loaded; the message says why.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or <see cref="Free"/> was called meanwhile.</exception>
    Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Completes a text, or answers a chat.</summary>
    /// <param name="request">The text or the messages, options, and what receives the text as it comes.</param>
    /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
    /// <returns>The completion without the prompt.</returns>
    /// <exception cref="ArgumentException">The prompt is empty, or an option is out of its range.</exception>
    /// <exception cref="NotSupportedException">It is a chat, and the model has no chat template that can be applied, or the template leaves a message out.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ContextOverflowException">The prompt does not fit into the context window.</exception>
    /// <exception cref="CompletionTimeoutException">The deadline passed; it has the text so far. With <see cref="InterruptionBehavior.ReturnPartial"/> that is returned instead.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or the model freed. With <see cref="InterruptionBehavior.ReturnPartial"/> the text so far is returned instead.</exception>
    ValueTask<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default);

    /// <summary>Completes a text or answers a chat, and yields the text as it comes. The last chunk carries the finish reason and the usage. Leaving the loop stops the work.</summary>
    /// <inheritdoc cref="CompleteAsync"/>
    IAsyncEnumerable<CompletionChunk> StreamAsync(CompletionRequest request, CancellationToken cancellationToken = default);

    /// <summary>Counts tokens exactly: of a text without the special tokens that a prompt gets, of a chat with all that the chat template adds.</summary>
    /// <param name="request">The text or the messages; nothing else of it matters.</param>
    /// <returns>The number of tokens.</returns>
    /// <exception cref="NotSupportedException">It is a chat, and the model has no chat template that can be applied.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    int CountTokens(CompletionRequest request);

    /// <summary>Describes the model. May be called before <see cref="InitializeAsync"/>.</summary>
    /// <returns>What is configured and, once loaded, what was found.</returns>
    ModelInfo GetModelInfo();

    /// <summary>Releases the model, at any moment and from any thread. Does nothing when nothing is loaded.</summary>
    /// <remarks>Returns at once. A running call ends as cancelled; its memory is released when it has ended.</remarks>
    void Free();

    /// <summary>Frees the model.</summary>
    void IDisposable.Dispose() => Free();

    /// <summary>Frees the model.</summary>
    /// <returns>A task that ends when it is freed.</returns>
    ValueTask IAsyncDisposable.DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A language model that can also work on the thread that calls: it needs no pool thread while it blocks, and hands the text to the request's handler there.</summary>
public interface ISynchronousLanguageModel : ILanguageModel
{
    /// <summary>Loads the model, and blocks until it is loaded.</summary>
    /// <inheritdoc cref="ILanguageModel.InitializeAsync"/>
    void Initialize(IProgress<float>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Completes a text, or answers a chat, on the calling thread.</summary>
    /// <inheritdoc cref="ILanguageModel.CompleteAsync"/>
    Completion Complete(CompletionRequest request, CancellationToken cancellationToken = default);
}
