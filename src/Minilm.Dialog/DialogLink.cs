using Minilm.Dialog.Backends;

namespace Minilm.Dialog;

/// <summary>One backend in the order in which a character's backends are asked.</summary>
internal sealed class DialogLink(string name, IDialogBackend backend, double threshold, BackendHealth health, TimeProvider time)
{
    public string Name => name;

    public IDialogBackend Backend => backend;

    public BackendHealth Health => health;

    /// <summary>Asks the backend, within the budget and never longer, whatever it does.</summary>
    /// <returns>The response if it can be taken, and what became of the backend.</returns>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async ValueTask<(DialogResponse? Response, DialogAttempt Attempt)> AskAsync(DialogRequest request, CancellationToken cancellationToken)
    {
        if (!health.TryEnter())
        {
            BackendStatus status = health.Status;
            return (null, new DialogAttempt(name, DialogOutcome.OutOfService, $"failed {status.FailuresInARow} times in a row, last: {status.LastFailure}"));
        }
        try
        {
            if (!backend.CanHandle(request.Context))
            {
                health.Left();
                return (null, new DialogAttempt(name, DialogOutcome.CannotHandle, $"cannot handle '{request.Context.Trigger}'"));
            }
            DialogResponse response = await RespondAsync(request, cancellationToken).ConfigureAwait(false);
            return Judge(response);
        }
        catch (DialogBackendNotReadyException e)
        {
            health.Left();
            return (null, new DialogAttempt(name, DialogOutcome.NotReady, e.Message));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            health.Left();
            throw;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return (null, Fail(DialogOutcome.TimedOut, request.Budget is { } budget ? $"did not answer within {budget.TotalMilliseconds:0} ms" : e.Message));
        }
        catch (Exception e) // a host's backend may throw anything, and the character answers all the same
        {
            return (null, Fail(DialogOutcome.Failed, e.Message));
        }
    }

    private async ValueTask<DialogResponse> RespondAsync(DialogRequest request, CancellationToken cancellationToken)
    {
        if (backend is IImmediateBackend)
        {
            return await backend.RespondAsync(request, cancellationToken).ConfigureAwait(false);
        }
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // On the pool: what hangs before its first await, hangs there.
        Task<DialogResponse> work = Task.Run(() => backend.RespondAsync(request, stopping.Token).AsTask(), stopping.Token);
        try
        {
            return request.Budget is { } budget
                ? await work.WaitAsync(budget + Grace, time, cancellationToken).ConfigureAwait(false)
                : await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch when (!work.IsCompleted)
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            _ = work.ContinueWith(static abandoned => _ = abandoned.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>What a backend that keeps to its budget may need to return.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(20);

    private (DialogResponse? Response, DialogAttempt Attempt) Judge(DialogResponse? response)
    {
        if (string.IsNullOrWhiteSpace(response?.Text))
        {
            return (null, Fail(DialogOutcome.Failed, "answered nothing"));
        }
        if (response.FallbackReason is { } reason)
        {
            DialogAttempt failed = Fail(DialogOutcome.Failed, reason);
            return response.Confidence >= threshold ? (response, failed) : (null, failed);
        }
        health.Answered();
        return response.Confidence >= threshold
            ? (response, new DialogAttempt(name, DialogOutcome.Answered))
            : (null, new DialogAttempt(name, DialogOutcome.LowConfidence, FormattableString.Invariant($"confidence {response.Confidence:0.00} is below {threshold:0.00}")));
    }

    private DialogAttempt Fail(DialogOutcome outcome, string reason)
    {
        health.Failed(reason);
        return new DialogAttempt(name, outcome, reason);
    }
}
