namespace Minilm;

/// <summary>A language model that answers prompts: the real one (<see cref="LlamaModel"/>) or the mock (<see cref="MockModel"/>).</summary>
/// <remarks>All members may be called from any thread. Calls that generate text wait for each other and count the wait towards their deadline.</remarks>
public interface ILanguageModel : IDisposable
{
    /// <summary>Gets the context window in tokens: prompt and completion together. Known before <see cref="Initialize"/> only if it was configured.</summary>
    int ContextSize { get; }

    /// <summary>Loads the model. Does nothing when it is loaded; callers at the same time share one load. Works again after <see cref="Free"/>.</summary>
    /// <param name="progress">Receives the share that is loaded, from 0 to 1, on the loading thread.</param>
    /// <param name="cancellationToken">Gives up waiting. The load itself stops when all of its callers gave up.</param>
    /// <exception cref="ModelLoadException">The file is not a model that can be loaded; the message says why.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or <see cref="Free"/> was called meanwhile.</exception>
    void Initialize(IProgress<float>? progress = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Initialize"/>
    /// <returns>A task that ends when the model is loaded.</returns>
    Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Completes a prompt with the model's default options.</summary>
    /// <param name="prompt">The text to continue. Control tokens spelled out in it are text.</param>
    /// <returns>The completion without the prompt.</returns>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ContextOverflowException">The prompt does not fit into the context window.</exception>
    string Predict(string prompt);

    /// <summary>Completes a prompt.</summary>
    /// <param name="prompt">The text to continue. Control tokens spelled out in it are text.</param>
    /// <param name="options">What differs from the model's defaults.</param>
    /// <param name="onText">Receives the text piece by piece on the calling thread, without allocations; never part of a stop string or of a character. It must not wait for another prediction of the same model.</param>
    /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
    /// <returns>The completion, also when it was cut short (see <see cref="Completion.FinishReason"/>).</returns>
    /// <exception cref="ArgumentException">The prompt is empty, or an option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ContextOverflowException">The prompt does not fit into the context window.</exception>
    /// <exception cref="CompletionTimeoutException">The deadline passed, and <see cref="CompletionOptions.OnInterruption"/> asks for an exception.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, and <see cref="CompletionOptions.OnInterruption"/> asks for an exception.</exception>
    Completion Predict(string prompt, CompletionOptions? options, TextHandler? onText = null, CancellationToken cancellationToken = default);

    /// <summary>Completes a prompt within a time limit. The work really stops at the limit, also in the middle of the prompt.</summary>
    /// <param name="prompt">The text to continue.</param>
    /// <param name="timeout">The limit, queue included.</param>
    /// <param name="onTimeout">Whether a passed limit gives the partial completion or an exception.</param>
    /// <returns>The completion; its finish reason is <see cref="FinishReason.Timeout"/> when the limit passed.</returns>
    /// <exception cref="CompletionTimeoutException">The limit passed and <paramref name="onTimeout"/> is <see cref="InterruptionBehavior.Throw"/>.</exception>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    Completion PredictWithTimeout(string prompt, TimeSpan timeout, InterruptionBehavior onTimeout = InterruptionBehavior.Throw);

    /// <summary>Answers a chat with the model's own chat template. Control tokens come from the template alone.</summary>
    /// <param name="messages">What was said, the oldest first.</param>
    /// <param name="options">What differs from the model's defaults.</param>
    /// <param name="onText">Receives the text piece by piece, as for <see cref="Predict(string, CompletionOptions?, TextHandler?, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
    /// <returns>The answer, also when it was cut short.</returns>
    /// <exception cref="ArgumentException">There is no message, a role is not a word, or an option is out of its range.</exception>
    /// <exception cref="NotSupportedException">The model has no chat template that the library knows (<see cref="ModelInfo.HasChatTemplate"/>), or it leaves a message out.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ContextOverflowException">The chat does not fit into the context window.</exception>
    /// <exception cref="CompletionTimeoutException">The deadline passed, and <see cref="CompletionOptions.OnInterruption"/> asks for an exception.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, and <see cref="CompletionOptions.OnInterruption"/> asks for an exception.</exception>
    Completion PredictChat(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default);

    /// <summary>Answers a chat on a pool thread.</summary>
    /// <inheritdoc cref="PredictChat"/>
    Task<Completion> PredictChatAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default);

    /// <summary>Answers a chat and yields the text as it comes. The last chunk carries the finish reason and the usage. Leaving the loop stops the work.</summary>
    /// <inheritdoc cref="PredictChat"/>
    IAsyncEnumerable<CompletionChunk> PredictChatStreamingAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Completes a prompt on a pool thread.</summary>
    /// <inheritdoc cref="Predict(string, CompletionOptions?, TextHandler?, CancellationToken)"/>
    Task<Completion> PredictAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Completes a prompt on a pool thread, which also gives the text as it comes.</summary>
    /// <inheritdoc cref="Predict(string, CompletionOptions?, TextHandler?, CancellationToken)"/>
    Task<Completion> PredictAsync(string prompt, CompletionOptions? options, TextHandler? onText, CancellationToken cancellationToken = default);

    /// <summary>Completes a prompt and yields the text as it comes. The last chunk carries the finish reason and the usage. Leaving the loop stops the work.</summary>
    /// <inheritdoc cref="Predict(string, CompletionOptions?, TextHandler?, CancellationToken)"/>
    IAsyncEnumerable<CompletionChunk> PredictStreamingAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Estimates the number of tokens without a model: UTF-8 bytes divided by four, rounded down.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The estimate in tokens.</returns>
    int EstimateTokens(string text);

    /// <summary>Counts the tokens of a text exactly, with the model's own vocabulary and without special tokens added.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The number of tokens.</returns>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    int CountTokens(string text);

    /// <summary>Counts the tokens of a chat exactly, with all that the chat template adds.</summary>
    /// <param name="messages">What was said.</param>
    /// <returns>The number of tokens.</returns>
    /// <exception cref="NotSupportedException">The model has no chat template that the library knows.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    int CountTokens(IReadOnlyList<ChatMessage> messages);

    /// <summary>Describes the model. May be called before <see cref="Initialize"/>.</summary>
    /// <returns>What is configured and, once loaded, what was found.</returns>
    ModelInfo GetModelInfo();

    /// <summary>Releases the model, at any moment and from any thread. Does nothing when nothing is loaded.</summary>
    /// <remarks>Returns at once. A running call ends with <see cref="FinishReason.Cancelled"/>; its memory is released when it has ended.</remarks>
    void Free();
}

/// <summary>Receives text as it is generated.</summary>
/// <param name="text">Whole characters, valid during the call only.</param>
public delegate void TextHandler(ReadOnlySpan<char> text);
