using Minilm.Dialog.Backends;

namespace Minilm.Dialog;

/// <summary>One backend of a character, with its place in the fallback chain: the threshold it must reach, and its health.</summary>
internal sealed class ChainEntry(string name, IDialogBackend backend, double threshold, BackendHealth health, TimeProvider time)
{
    public string Name => name;

    public IDialogBackend Backend => backend;

    public BackendHealth Health => health;

    /// <summary>Asks the backend. Returns within the budget plus the grace period, whatever the backend does.</summary>
    /// <returns>The response if it is accepted, and the outcome.</returns>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled, or the manager was disposed.</exception>
    public async ValueTask<(DialogResponse? Response, DialogAttempt Attempt)> AskAsync(DialogRequest request, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (!health.TryEnter(out bool isTrial))
        {
            BackendStatus status = health.Status;
            return (null, new DialogAttempt(name, DialogOutcome.OutOfService, $"failed {status.FailuresInARow} times in a row, last: {status.LastFailure}"));
        }
        ClosableTextHandler? textHandler = request.OnText is { } receiver ? new ClosableTextHandler(receiver) : null;
        try
        {
            Answer? answer = backend is IImmediateBackend
                ? await AnswerAsync(request, cancellationToken).ConfigureAwait(false)
                : await AnswerInTimeAsync(request with { OnText = textHandler is null ? null : textHandler.Invoke }, grace, cancellationToken).ConfigureAwait(false);
            switch (answer)
            {
                case null:
                    return (null, Fail(DialogOutcome.TimedOut, $"did not answer within {request.Budget?.TotalMilliseconds:0} ms"));
                case { CanHandle: false }:
                    health.ReleaseTrial(isTrial);
                    return (null, new DialogAttempt(name, DialogOutcome.CannotHandle, $"cannot handle '{request.Context.Trigger}'"));
                default:
                    return Evaluate(answer.Value.Response);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            health.ReleaseTrial(isTrial);
            cancellationToken.ThrowIfCancellationRequested(); // whatever exception the backend turned it into
            throw;
        }
        catch (DialogBackendNotReadyException e)
        {
            health.ReleaseTrial(isTrial);
            return (null, new DialogAttempt(name, DialogOutcome.NotReady, e.Message));
        }
        catch (Exception e) // a host's backend may throw anything; the next one is asked
        {
            return (null, Fail(DialogOutcome.Failed, e.Message));
        }
        finally
        {
            textHandler?.Close();
        }
    }

    private async Task<Answer> AnswerAsync(DialogRequest request, CancellationToken cancellationToken) =>
        backend.CanHandle(request.Context)
            ? new Answer(CanHandle: true, await backend.RespondAsync(request, cancellationToken).ConfigureAwait(false))
            : default;

    /// <returns>The answer; null when the time passed without one.</returns>
    private async ValueTask<Answer?> AnswerInTimeAsync(DialogRequest request, TimeSpan grace, CancellationToken cancellationToken)
    {
        var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken stop = stopping.Token;
        Task<Answer> work = Task.Factory.StartNew(() => AnswerAsync(request, stop), stop, TaskCreationOptions.DenyChildAttach, BlockingWorkScheduler.Shared).Unwrap();
        Task waiting = request.Budget is { } budget ? work.WaitAsync(budget + grace, time, cancellationToken) : work.WaitAsync(cancellationToken);
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsCompleted)
        {
            stopping.Dispose();
            return await work.ConfigureAwait(false);
        }
        Abandon(work, stopping);
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    // Not awaited: the backend's cancellation callbacks may block, too.
    private static void Abandon(Task work, CancellationTokenSource stopping)
    {
        _ = work.ContinueWith(static abandoned => _ = abandoned.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _ = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    stopping.Cancel();
                }
                catch (AggregateException)
                {
                    // thrown by the backend's own callbacks
                }
                finally
                {
                    stopping.Dispose();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            BlockingWorkScheduler.Shared);
    }

    private (DialogResponse? Response, DialogAttempt Attempt) Evaluate(DialogResponse? response)
    {
        if (string.IsNullOrWhiteSpace(response?.Text))
        {
            return (null, Fail(DialogOutcome.Failed, "returned no text"));
        }
        if (response.FallbackReason is { } reason)
        {
            DialogAttempt failed = Fail(DialogOutcome.Failed, reason);
            return response.Confidence >= threshold ? (response, failed) : (null, failed);
        }
        health.RecordSuccess();
        return response.Confidence >= threshold
            ? (response, new DialogAttempt(name, DialogOutcome.Answered))
            : (null, new DialogAttempt(name, DialogOutcome.LowConfidence, FormattableString.Invariant($"confidence {response.Confidence:0.00} is below {threshold:0.00}")));
    }

    private DialogAttempt Fail(DialogOutcome outcome, string reason)
    {
        health.RecordFailure(reason);
        return new DialogAttempt(name, outcome, reason);
    }

    private readonly record struct Answer(bool CanHandle, DialogResponse? Response);
}
