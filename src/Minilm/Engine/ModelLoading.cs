using Minilm.Loading;

namespace Minilm.Engine;

/// <summary>One load that any number of callers wait for. It stops when all of them gave up.</summary>
internal sealed class ModelLoading(LlamaModelOptions options, LlamaThreadPool? pool)
{
    private readonly LoadProgress _progress = new();
    private int _waiting; // guarded by the model's gate

    /// <summary>Gets the task that ends with the load.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Begins the load, on a thread of its own: callers that block pool threads must not keep it from starting.</summary>
    /// <param name="accept">Takes the session; false when it is not wanted any more.</param>
    /// <param name="failed">Hears of a load that failed, before its callers do.</param>
    public void Start(Func<ModelLoading, ModelSession, bool> accept, Action<ModelLoading> failed) =>
        Completion = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    ModelSession session = ModelSession.Load(options, pool, _progress);
                    if (!accept(this, session))
                    {
                        session.Dispose();
                        throw new OperationCanceledException("The model was freed while it was loading.");
                    }
                }
                catch
                {
                    failed(this);
                    throw;
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously, // one caller must not keep the others waiting
            TaskScheduler.Default);

    /// <summary>Begins to wait.</summary>
    public void Join() => _waiting++;

    public void ReportTo(IProgress<float>? listener)
    {
        if (listener is not null)
        {
            _progress.Add(listener);
        }
    }

    /// <summary>Blocks until the load has ended, without needing a pool thread: all of them may be waiting here.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, or the load was stopped.</exception>
    public void Wait(CancellationToken cancellationToken)
    {
        try
        {
            Completion.Wait(cancellationToken);
        }
        catch (AggregateException)
        {
            Completion.GetAwaiter().GetResult(); // throws the failure itself
        }
    }

    /// <summary>Stops waiting; true when nobody waits any more.</summary>
    public bool Leave() => --_waiting == 0;

    public void Stop() => _progress.Stop();
}
