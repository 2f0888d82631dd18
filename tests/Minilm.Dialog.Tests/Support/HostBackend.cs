using System.Collections.Concurrent;
using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.History;

namespace Minilm.Tests.Dialog.Support;

/// <summary>A backend as a host would write one, which keeps what it was asked and taught.</summary>
internal sealed class HostBackend(Func<DialogRequest, CancellationToken, ValueTask<DialogResponse>> respond) : IDialogBackend
{
    public ConcurrentQueue<DialogRequest> Requests { get; } = [];

    public ConcurrentQueue<(DialogExchange Exchange, DialogFeedback Feedback)> Learned { get; } = [];

    public Func<DialogContext, bool> Handles { get; set; } = _ => true;

    public TimeSpan? HealthCheckInterval { get; init; }

    public int MaxHistoryLength { get; init; }

    public int Disposals { get; private set; }

    public static HostBackend Saying(string text, double confidence = 1) =>
        new((_, _) => ValueTask.FromResult(new DialogResponse { Text = text, Confidence = confidence }));

    public static HostBackend Throwing(Exception exception) => new((_, _) => throw exception);

    public bool CanHandle(DialogContext context) => Handles(context);

    public ValueTask<DialogResponse> RespondAsync(DialogRequest request, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        return respond(request, cancellationToken);
    }

    public void Learn(DialogExchange exchange, DialogFeedback feedback) => Learned.Enqueue((exchange, feedback));

    public void Dispose() => Disposals++;
}
