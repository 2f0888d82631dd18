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
        GCHandle self = GCHandle.Alloc(this);
        try
        {
            parameters.progress_callback = &OnProgress;
            parameters.progress_callback_user_data = (void*)GCHandle.ToIntPtr(self);
            return SafeLlamaModelHandle.Load(path, parameters, offset);
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
