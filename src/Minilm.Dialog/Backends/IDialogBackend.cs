using Minilm.Dialog.History;

namespace Minilm.Dialog.Backends;

/// <summary>Something that can answer for a character. Called from any thread, for several conversations at once.</summary>
public interface IDialogBackend : IDisposable
{
    /// <summary>Gets how long this backend is left alone after it kept failing; null leaves that to the manager.</summary>
    TimeSpan? HealthCheckInterval => null;

    /// <summary>Gets how many past exchanges this backend can use; 0 unless a backend says otherwise. The manager keeps at least that many.</summary>
    int MaxHistoryLength => 0;

    /// <summary>Tells at once, without work, whether this backend can answer in a situation.</summary>
    /// <param name="context">The situation.</param>
    /// <returns>False when it need not be asked.</returns>
    bool CanHandle(DialogContext context);

    /// <summary>Does in advance what would make the first answer slow, such as loading a model. Does nothing unless a backend has such work.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>A task that ends when the backend is ready.</returns>
    Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Answers.</summary>
    /// <param name="request">The situation, what was said before, and how long it may take.</param>
    /// <param name="cancellationToken">Ends the work; also when the time is over.</param>
    /// <returns>The response; one without text counts as a failure.</returns>
    /// <exception cref="DialogException">It could not; the message says why.</exception>
    /// <exception cref="DialogBackendNotReadyException">It is still being prepared.</exception>
    ValueTask<DialogResponse> RespondAsync(DialogRequest request, CancellationToken cancellationToken);

    /// <summary>Learns what the user made of a response of this backend. Does nothing unless a backend learns.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="feedback">What the user made of it.</param>
    void Learn(DialogExchange exchange, DialogFeedback feedback)
    {
    }
}

/// <summary>A backend that answers within microseconds, without waiting: it is asked on the caller's thread.</summary>
internal interface IImmediateBackend : IDialogBackend;

/// <summary>What a backend is given to answer.</summary>
public sealed record DialogRequest
{
    /// <summary>Gets the situation.</summary>
    public required DialogContext Context { get; init; }

    /// <summary>Gets what was said in this conversation, the oldest first; empty without memory.</summary>
    public IReadOnlyList<DialogExchange> History { get; init; } = [];

    /// <summary>Gets the time that the backend has; null is unlimited.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Gets who receives the text of a language model piece by piece, before it is cleaned; null is nobody. Called on any thread.</summary>
    public TextHandler? OnText { get; init; }
}
