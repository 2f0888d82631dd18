using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
        lock (_gate)
        {
            _listeners.Add(listener);
            if (_latest is { } latest)
            {
                listener.Report(latest);
            }
        }
    }

    public void Stop() => _stopped = true;

    public unsafe SafeLlamaModelHandle Load(string path, minilm_model_params parameters)
    {
        GCHandle self = GCHandle.Alloc(this);
        try
        {
            parameters.progress_callback = &OnProgress;
            parameters.progress_callback_user_data = (void*)GCHandle.ToIntPtr(self);
            return SafeLlamaModelHandle.Load(path, parameters);
        }
        finally
        {
            self.Free();
        }
    }

    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public void ThrowIfStopped()
    {
        if (_failure is not null)
        {
            throw new ModelLoadException($"Loading stopped because a progress listener failed: {_failure.Message}", _failure);
        }
        if (_stopped)
        {
            throw new OperationCanceledException("Loading the model was stopped.");
        }
    }

    [UnmanagedCallersOnly]
    private static unsafe byte OnProgress(float progress, void* userData)
    {
        var self = Unsafe.As<LoadProgress>(GCHandle.FromIntPtr((nint)userData).Target!);
        return self.Report(progress) ? (byte)1 : (byte)0;
    }

    private bool Report(float progress)
    {
        try
        {
            lock (_gate)
            {
                _latest = progress;
                foreach (IProgress<float> listener in _listeners)
                {
                    listener.Report(progress);
                }
            }
        }
#pragma warning disable CA1031 // an exception must not unwind through native frames
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failure = e;
            return false;
        }
        return !_stopped;
    }
}
