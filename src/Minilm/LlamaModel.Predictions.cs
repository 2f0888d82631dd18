using Minilm.Chat;
using Minilm.Engine;

namespace Minilm;

/// <content>Completing prompts and answering chats.</content>
public sealed partial class LlamaModel
{
    /// <summary>Completes a prompt with the model's default options, on the calling thread.</summary>
    /// <param name="prompt">The text to continue. Control tokens spelled out in it are text.</param>
    /// <returns>The completion without the prompt.</returns>
    /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
    public string Predict(string prompt) => Complete(new CompletionRequest(prompt)).Text;

    /// <summary>Completes a prompt on the calling thread.</summary>
    /// <param name="prompt">The text to continue. Control tokens spelled out in it are text.</param>
    /// <param name="options">What differs from the model's defaults.</param>
    /// <param name="onText">Receives the text piece by piece on the calling thread, without allocations; never part of a stop string or of a character. It must not wait for another prediction of the same model.</param>
    /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
    /// <returns>The completion.</returns>
    /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
    public Completion Predict(string prompt, CompletionOptions? options, TextHandler? onText = null, CancellationToken cancellationToken = default) =>
        Complete(new CompletionRequest(prompt, options) { OnText = onText }, cancellationToken);

    /// <summary>Completes a prompt within a time limit, on the calling thread. The work really stops at the limit, also in the middle of the prompt.</summary>
    /// <param name="prompt">The text to continue.</param>
    /// <param name="timeout">The limit, queue included.</param>
    /// <param name="onTimeout">Whether a passed limit gives the partial completion or an exception.</param>
    /// <returns>The completion; its finish reason is <see cref="FinishReason.Timeout"/> when the limit passed.</returns>
    /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
    public Completion PredictWithTimeout(string prompt, TimeSpan timeout, InterruptionBehavior onTimeout = InterruptionBehavior.Throw) =>
        Complete(new CompletionRequest(prompt, new CompletionOptions { Timeout = timeout, OnInterruption = onTimeout }));

    /// <summary>Answers a chat with the model's own chat template, on the calling thread. Control tokens come from the template alone.</summary>
    /// <param name="messages">What was said, the oldest first.</param>
    /// <param name="options">What differs from the model's defaults.</param>
    /// <param name="onText">Receives the text piece by piece on the calling thread.</param>
    /// <param name="cancellationToken">Stops in the middle of the prompt or of the completion.</param>
    /// <returns>The answer.</returns>
    /// <inheritdoc cref="ILanguageModel.CompleteAsync" path="/exception"/>
    public Completion PredictChat(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null, TextHandler? onText = null, CancellationToken cancellationToken = default) =>
        Complete(new CompletionRequest(messages, options) { OnText = onText }, cancellationToken);

    /// <inheritdoc/>
    public Completion Complete(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        using PredictCall call = Begin(request, cancellationToken);
        return call.Finish(call.WaitForTurn() ? call.Run(request.OnText) : null);
    }

    /// <inheritdoc/>
    public async ValueTask<Completion> CompleteAsync(CompletionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // tokenizing and decoding belong on a pool thread
        using PredictCall call = Begin(request, cancellationToken);
        return call.Finish(await call.WaitForTurnAsync().ConfigureAwait(false) ? call.Run(request.OnText) : null);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<CompletionChunk> StreamAsync(CompletionRequest request, CancellationToken cancellationToken = default) =>
        CompletionStream.Run(this, request, cancellationToken);

    /// <inheritdoc/>
    public int CountTokens(CompletionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using SessionLease lease = Lease();
        if (request.Prompt is { } text)
        {
            return lease.Session.Vocab.Tokenize(text).Length;
        }
        using TokenizedPrompt tokens = lease.Session.Tokenizer.Tokenize(request);
        return tokens.Count;
    }

    private PredictCall Begin(CompletionRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new PredictCall(Lease().Session, _options, _time, request, LeaseDraft, cancellationToken);
    }
}
