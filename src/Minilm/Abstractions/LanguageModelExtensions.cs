using System.Text;

namespace Minilm;

/// <summary>What any <see cref="ILanguageModel"/> can be asked, on top of the members that it implements.</summary>
public static class LanguageModelExtensions
{
    extension(ILanguageModel model)
    {
        /// <summary>Gets the context window in tokens: prompt and completion together. Known before the model is loaded only if it was configured.</summary>
        public int ContextSize => model.GetModelInfo().ContextSize;

        /// <summary>Loads the model, and blocks until it is loaded.</summary>
        /// <param name="progress">Receives the share that is loaded, from 0 to 1, on the loading thread.</param>
        /// <param name="cancellationToken">Gives up waiting.</param>
        /// <inheritdoc cref="ILanguageModel.InitializeAsync" path="/exception"/>
        public void Initialize(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
        {
            if (model is ISynchronousLanguageModel synchronous)
            {
                synchronous.Initialize(progress, cancellationToken);
            }
            else
            {
                model.InitializeAsync(progress, cancellationToken).GetAwaiter().GetResult();
            }
        }

        /// <summary>Completes a prompt with the model's default options.</summary>
        /// <param name="prompt">The text to continue. Control tokens spelled out in it are text.</param>
        /// <returns>The completion without the prompt.</returns>
        /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
        public string Predict(string prompt) => Complete(model, new CompletionRequest(prompt), CancellationToken.None).Text;

        /// <summary>Completes a prompt.</summary>
        /// <param name="prompt">The text to continue. Control tokens spelled out in it are text.</param>
        /// <param name="options">What differs from the model's defaults.</param>
        /// <param name="onText">Receives the text piece by piece; never part of a stop string or of a character. It must not wait for another prediction of the same model.</param>
        /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
        /// <returns>The completion.</returns>
        /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
        public Completion Predict(string prompt, CompletionOptions? options, TextHandler? onText = null, CancellationToken cancellationToken = default) =>
            Complete(model, new CompletionRequest(prompt, options) { OnText = onText }, cancellationToken);

        /// <summary>Completes a prompt within a time limit. The work really stops at the limit, also in the middle of the prompt.</summary>
        /// <param name="prompt">The text to continue.</param>
        /// <param name="timeout">The limit, queue included.</param>
        /// <param name="onTimeout">Whether a passed limit gives the partial completion or an exception.</param>
        /// <returns>The completion; its finish reason is <see cref="FinishReason.Timeout"/> when the limit passed.</returns>
        /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
        public Completion PredictWithTimeout(string prompt, TimeSpan timeout, InterruptionBehavior onTimeout = InterruptionBehavior.Throw) =>
            Complete(model, new CompletionRequest(prompt, new CompletionOptions { Timeout = timeout, OnInterruption = onTimeout }), CancellationToken.None);

        /// <summary>Completes a prompt.</summary>
        /// <param name="prompt">The text to continue. Control tokens spelled out in it are text.</param>
        /// <param name="options">What differs from the model's defaults.</param>
        /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
        /// <returns>The completion.</returns>
        /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
        public Task<Completion> PredictAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default) =>
            model.CompleteAsync(new CompletionRequest(prompt, options), cancellationToken).AsTask();

        /// <summary>Completes a prompt, and also gives the text as it comes.</summary>
        /// <param name="prompt">The text to continue. Control tokens spelled out in it are text.</param>
        /// <param name="options">What differs from the model's defaults.</param>
        /// <param name="onText">Receives the text piece by piece.</param>
        /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
        /// <returns>The completion.</returns>
        /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
        public Task<Completion> PredictAsync(string prompt, CompletionOptions? options, TextHandler? onText, CancellationToken cancellationToken = default) =>
            model.CompleteAsync(new CompletionRequest(prompt, options) { OnText = onText }, cancellationToken).AsTask();

        /// <summary>Completes a prompt and yields the text as it comes. The last chunk carries the finish reason and the usage. Leaving the loop stops the work.</summary>
        /// <param name="prompt">The text to continue. Control tokens spelled out in it are text.</param>
        /// <param name="options">What differs from the model's defaults.</param>
        /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
        /// <returns>The text in chunks.</returns>
        /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
        public IAsyncEnumerable<CompletionChunk> PredictStreamingAsync(string prompt, CompletionOptions? options = null, CancellationToken cancellationToken = default) =>
            model.StreamAsync(new CompletionRequest(prompt, options), cancellationToken);

        /// <summary>Answers a chat with the model's own chat template. Control tokens come from the template alone.</summary>
        /// <param name="messages">What was said, the oldest first.</param>
        /// <param name="options">What differs from the model's defaults.</param>
        /// <param name="onText">Receives the text piece by piece.</param>
        /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
        /// <returns>The answer.</returns>
        /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
        public Completion PredictChat(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default) =>
            Complete(model, new CompletionRequest(messages, options) { OnText = onText }, cancellationToken);

        /// <summary>Answers a chat with the model's own chat template. Control tokens come from the template alone.</summary>
        /// <param name="messages">What was said, the oldest first.</param>
        /// <param name="options">What differs from the model's defaults.</param>
        /// <param name="onText">Receives the text piece by piece.</param>
        /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
        /// <returns>The answer.</returns>
        /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
        public Task<Completion> PredictChatAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default) =>
            model.CompleteAsync(new CompletionRequest(messages, options) { OnText = onText }, cancellationToken).AsTask();

        /// <summary>Answers a chat and yields the text as it comes. The last chunk carries the finish reason and the usage. Leaving the loop stops the work.</summary>
        /// <param name="messages">What was said, the oldest first.</param>
        /// <param name="options">What differs from the model's defaults.</param>
        /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
        /// <returns>The text in chunks.</returns>
        /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
        public IAsyncEnumerable<CompletionChunk> PredictChatStreamingAsync(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, CancellationToken cancellationToken = default) =>
            model.StreamAsync(new CompletionRequest(messages, options), cancellationToken);

        /// <summary>Estimates the number of tokens without a model: UTF-8 bytes divided by four, rounded down.</summary>
        /// <param name="text">Any text.</param>
        /// <returns>The estimate in tokens.</returns>
#pragma warning disable CA1822 // asked of a model, though every model estimates alike
        public int EstimateTokens(string text)
#pragma warning restore CA1822
        {
            ArgumentNullException.ThrowIfNull(text);
            return Encoding.UTF8.GetByteCount(text) / 4;
        }

        /// <summary>Counts the tokens of a text exactly, with the model's own vocabulary and without special tokens added.</summary>
        /// <param name="text">Any text.</param>
        /// <returns>The number of tokens.</returns>
        /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
        public int CountTokens(string text)
        {
            ArgumentNullException.ThrowIfNull(text);
            return model.CountTokens(new CompletionRequest(text));
        }

        /// <summary>Counts the tokens of a chat exactly, with all that the chat template adds.</summary>
        /// <param name="messages">What was said.</param>
        /// <returns>The number of tokens.</returns>
        /// <exception cref="NotSupportedException">The model has no chat template that can be applied.</exception>
        /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
        public int CountTokens(IReadOnlyList<ChatMessage> messages) => model.CountTokens(new CompletionRequest(messages));
    }

    private static Completion Complete(ILanguageModel model, CompletionRequest request, CancellationToken cancellationToken) => model is ISynchronousLanguageModel synchronous
        ? synchronous.Complete(request, cancellationToken)
        : model.CompleteAsync(request, cancellationToken).AsTask().GetAwaiter().GetResult();
}
