namespace Minilm.Loading;

/// <summary>Reports how far a load is to any number of listeners and stops it on request.</summary>
internal sealed class LoadProgress
{
    private readonly Lock _gate = new();
    private readonly List<IProgress<float>> _listeners = [];
    private volatile bool _stopped;
    private float? _latest;

    public void Add(IProgress<float> listener)
    {
        float? latest;
        lock (_gate)
        {
            _listeners.Add(listener);
            latest = _latest;
        }
        if (latest is { } share)
        {
            listener.Report(share);
        }
    }

    public void Stop() => _stopped = true;

    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public void ThrowIfStopped()
    {
        if (_stopped)
        {
            throw new OperationCanceledException("Loading the model was stopped.");
        }
    }

    /// <summary>Tells the listeners; false when the load should stop.</summary>
    public bool Report(float progress)
    {
        IProgress<float>[] listeners;
        lock (_gate)
        {
            _latest = progress;
            listeners = [.. _listeners];
        }
        foreach (IProgress<float> listener in listeners)
        {
            listener.Report(progress); // outside of the lock: a listener may call the model, which may be adding another one
        }
        return !_stopped;
    }
}
