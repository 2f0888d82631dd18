using Minilm.Dialog.History;

namespace Minilm.Dialog.Backends;

/// <summary>A source of responses for a character. Called on any thread, for several conversations at once.</summary>
public interface IDialogBackend : IDisposable
{
    /// <summary>Gets how long this backend stays out of service after it kept failing; null, the default, leaves that to the manager.</summary>
    TimeSpan? HealthCheckInterval => null;

    /// <summary>Gets how many past exchanges this backend uses, 0 by default. The history keeps at least as many unless the host limits it.</summary>
    int MaxHistoryLength => 0;

    /// <summary>Tells, without noticeable work, whether this backend can answer.</summary>
    /// <param name="context">The turn to answer.</param>
    /// <returns>False to be skipped.</returns>
    bool CanHandle(DialogContext context);

    /// <summary>Does slow work ahead of the first response, such as loading a model. Does nothing by default.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A task that completes when the backend is ready.</returns>
    Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Produces a response.</summary>
    /// <param name="request">The turn to answer, the past exchanges, and the time limit.</param>
    /// <param name="cancellationToken">Cancelled when the dialog is, and when the time limit has passed.</param>
    /// <returns>The response; one without text counts as a failure.</returns>
    /// <exception cref="DialogException">It could not answer; the message says why.</exception>
    /// <exception cref="DialogBackendNotReadyException">It is still being prepared.</exception>
    ValueTask<DialogResponse> RespondAsync(DialogRequest request, CancellationToken cancellationToken);

    /// <summary>Learns from the user's feedback on a response of this backend. Does nothing by default.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="feedback">The feedback.</param>
    void Learn(DialogExchange exchange, DialogFeedback feedback)
    {
    }
}

/// <summary>A backend that answers within microseconds and never blocks: it is asked on the caller's thread, without a time limit.</summary>
internal interface IImmediateBackend : IDialogBackend;

/// <summary>A request to a backend.</summary>
public sealed record DialogRequest
{
    /// <summary>Gets the turn to answer.</summary>
    public required DialogContext Context { get; init; }

    /// <summary>Gets the past exchanges of this conversation, oldest first; empty when memory is disabled.</summary>
    public IReadOnlyList<DialogExchange> History { get; init; } = [];

    /// <summary>Gets the time limit of the backend; null is unlimited.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Gets the handler of a language model's raw text as it is generated, before it is cleaned; null when nobody listens. May be called on any thread.</summary>
    public TextHandler? OnText { get; init; }
}
