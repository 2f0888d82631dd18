namespace Minilm.Runtime;

/// <summary>One load that any number of callers wait for. It stops when all of them gave up.</summary>
internal sealed class ModelLoading
{
    private readonly LoadProgress _progress = new();
    private int _waiting; // guarded by the model's gate

    public ModelLoading(LlamaModelOptions options, Func<ModelLoading, ModelSession, bool> accept, Action<ModelLoading> failed)
    {
        // A thread of its own: callers that block pool threads must not keep the load from starting.
        Completion = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    ModelSession session = ModelSession.Load(options, _progress);
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
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <summary>Gets the task that ends with the load.</summary>
    public Task Completion { get; }

    public void Join(IProgress<float>? progress)
    {
        _waiting++;
        if (progress is not null)
        {
            _progress.Add(progress);
        }
    }

    /// <summary>Stops waiting; true when nobody waits any more.</summary>
    public bool Leave() => --_waiting == 0;

    public void Stop() => _progress.Stop();
}
