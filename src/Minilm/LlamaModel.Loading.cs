using Microsoft.Extensions.Logging;
using Minilm.Engine;

namespace Minilm;

/// <content>Loading, which any number of callers share.</content>
public sealed partial class LlamaModel
{
    /// <inheritdoc/>
    public void Initialize(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Join(progress) is not { } loading)
        {
            return;
        }
        int left = 0;
        using (cancellationToken.UnsafeRegister(_ => LeaveOnce(), null)) // a load that nobody wants stops at once, not when this thread wakes up
        {
            try
            {
                loading.Wait(cancellationToken);
            }
            finally
            {
                LeaveOnce();
            }
        }

        void LeaveOnce()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                Leave(loading);
            }
        }
    }

    /// <inheritdoc/>
    public async Task InitializeAsync(IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Join(progress) is not { } loading)
        {
            return;
        }
        try
        {
            await loading.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(loading);
        }
    }

    /// <summary>Joins the load that runs, or begins one; null when the model is loaded.</summary>
    private ModelLoading? Join(IProgress<float>? progress)
    {
        ModelLoading loading;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_session is not null)
            {
                return null;
            }
            if (_loading is null)
            {
                _loading = new ModelLoading(_options, _pool);
                _loading.Join();
                _loading.ReportTo(progress); // before it starts, so that nothing is missed
                _loading.Start(Accept, Forget);
                return _loading;
            }
            loading = _loading;
            loading.Join();
        }
        try
        {
            loading.ReportTo(progress); // outside of the lock: the listener hears at once, and may call this model
        }
        catch
        {
            Leave(loading);
            throw;
        }
        return loading;
    }

    private void Leave(ModelLoading loading)
    {
        lock (_gate)
        {
            if (loading.Leave() && !loading.Completion.IsCompleted)
            {
                loading.Stop();
                if (_loading == loading)
                {
                    _loading = null; // the next caller begins anew
                }
            }
        }
    }

    private bool Accept(ModelLoading loading, ModelSession session)
    {
        lock (_gate)
        {
            if (_loading != loading)
            {
                return false;
            }
            _loading = null;
            _session = session;
        }
        if (session is { StatesChatTemplate: true, ChatTemplate: null })
        {
            _logger.LogWarning("Model '{Path}' states a chat template that libllama does not know: it takes prompts of text only", _options.ModelPath);
        }
        if (session.FallbackReason is { } reason)
        {
            _logger.LogWarning("Model '{Path}' runs on the CPU: {Reason}", _options.ModelPath, reason);
        }
        _logger.LogInformation("Loaded model '{Path}' ({Description}) with a context of {ContextSize} tokens", _options.ModelPath, session.Description, session.ContextSize);
        return true;
    }

    private void Forget(ModelLoading loading)
    {
        lock (_gate)
        {
            if (_loading == loading)
            {
                _loading = null;
            }
        }
    }
}
