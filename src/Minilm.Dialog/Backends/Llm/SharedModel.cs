namespace Minilm.Dialog.Backends.Llm;

/// <summary>A model of a <see cref="LanguageModelPool"/>, used by any number of characters.</summary>
public sealed class SharedModel : IDisposable
{
    private readonly Func<CancellationToken, Task<ILanguageModel>> _load;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private Task<ILanguageModel>? _loading;
    private bool _disposed;

    internal SharedModel(string path, Func<CancellationToken, Task<ILanguageModel>> load)
    {
        Path = path;
        _load = load;
    }

    /// <summary>Gets the path by which the model was first requested.</summary>
    public string Path { get; }

    /// <summary>Gets the model; null until it is loaded.</summary>
    public ILanguageModel? Model
    {
        get
        {
            lock (_gate)
            {
                return _loading is { IsCompletedSuccessfully: true } loaded ? loaded.Result : null;
            }
        }
    }

    /// <summary>Gets the model, loading it if necessary. A failed load is tried again.</summary>
    /// <param name="cancellationToken">Stops waiting; loading continues for others.</param>
    /// <returns>The model, which belongs to the pool.</returns>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    /// <exception cref="MinilmException">The model could not be loaded, and the mock model is not allowed to replace it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ILanguageModel> GetAsync(CancellationToken cancellationToken = default)
    {
        Task<ILanguageModel> loading;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_loading is null or { IsFaulted: true } or { IsCanceled: true })
            {
                _loading = Task.Run(() => _load(_closing.Token), _closing.Token);
            }
            loading = _loading;
        }
        return loading.IsCompletedSuccessfully ? loading : loading.WaitAsync(cancellationToken);
    }

    /// <summary>Cancels loading, or disposes the model.</summary>
    public void Dispose()
    {
        Task<ILanguageModel>? loading;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }
            _disposed = true;
            loading = _loading;
        }
        _closing.Cancel();
        _ = loading?.ContinueWith(
            static loaded =>
            {
                if (loaded.IsCompletedSuccessfully)
                {
                    loaded.Result.Dispose();
                }
                else
                {
                    _ = loaded.Exception; // observed
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, // a loaded model is disposed when this call returns
            TaskScheduler.Default);
        _closing.Dispose();
    }
}
