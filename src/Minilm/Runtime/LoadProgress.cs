using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm.Runtime;

/// <summary>Reports how far a load is to any number of listeners and stops it on request.</summary>
internal sealed class LoadProgress
{
    private readonly Lock _gate = new();
    private readonly List<IProgress<float>> _listeners = [];
    private volatile bool _stopped;
    private float? _latest;
    private Exception? _failure; // of a listener

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

    public unsafe SafeLlamaModelHandle Load(string path, minilm_model_params parameters, long offset)
    {
        using var callback = new ProgressCallback(Report);
        parameters.progress_callback = ProgressCallback.Function;
        parameters.progress_callback_user_data = callback.UserData;
        SafeLlamaModelHandle model = SafeLlamaModelHandle.Load(path, parameters, offset);
        _failure = callback.Failure;
        return model;
    }

    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public void ThrowIfStopped()
    {
        if (_failure is not null)
        {
            throw new ModelLoadException($"Loading stopped because a progress listener failed: {_failure.Message}", ModelLoadReason.Interrupted, _failure);
        }
        if (_stopped)
        {
            throw new OperationCanceledException("Loading the model was stopped.");
        }
    }

    private bool Report(float progress)
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
