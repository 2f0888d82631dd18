using Minilm.Dialog.History;

namespace Minilm.Dialog.Backends;

/// <summary>Something that can answer for a character. Called from any thread, for several conversations at once.</summary>
public interface IDialogBackend : IDisposable
{
    /// <summary>Tells at once, without work, whether this backend can answer in a situation.</summary>
    /// <param name="context">The situation.</param>
    /// <returns>False when it need not be asked.</returns>
    bool CanHandle(DialogContext context);

    /// <summary>Answers.</summary>
    /// <param name="request">The situation, what was said before, and how long it may take.</param>
    /// <param name="cancellationToken">Ends the work; also when the time is over.</param>
    /// <returns>The response; one without text counts as a failure.</returns>
    /// <exception cref="DialogException">It could not; the message says why.</exception>
    ValueTask<DialogResponse> RespondAsync(DialogRequest request, CancellationToken cancellationToken);

    /// <summary>Learns what the user made of a response of this backend. Does nothing unless a backend learns.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="feedback">What the user made of it.</param>
    void Learn(DialogExchange exchange, DialogFeedback feedback)
    {
    }
}

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
