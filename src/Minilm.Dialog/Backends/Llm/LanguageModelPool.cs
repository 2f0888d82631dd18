using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Minilm.Gguf;

namespace Minilm.Dialog.Backends.Llm;

/// <summary>The language models of a host. Characters that name the same file model one model, which is loaded once.</summary>
/// <param name="loaderOptions">What to do when a model cannot be loaded; null falls back to the mock model, visibly.</param>
/// <param name="loggerFactory">Receives logs of loads and fallbacks.</param>
/// <param name="timeProvider">The clock of the models.</param>
public sealed class LanguageModelPool(LanguageModelLoaderOptions? loaderOptions = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null) : IDisposable
{
    private readonly LanguageModelLoader _loader = new(loaderOptions, loggerFactory, timeProvider);
    private readonly ILogger _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<LanguageModelPool>();
    private readonly ConcurrentDictionary<string, SharedModel> _models = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <summary>Gets the models that were requested.</summary>
    public IReadOnlyCollection<SharedModel> Models => [.. _models.Values];

    /// <summary>Gets the shared model of a file. Nothing is loaded yet.</summary>
    /// <param name="options">The file, and how to run it. The first request for a file decides; a context size beyond what the model was trained for is reduced to that.</param>
    /// <returns>The shared model; it belongs to the pool.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public SharedModel Share(LlamaModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.ModelPath, nameof(options));
        ObjectDisposedException.ThrowIf(_disposed, this);
        LlamaModelOptions own = options.Copy(); // later changes by the host do not affect this model
        return _models.GetOrAdd(Identify(own.ModelPath), _ => new SharedModel(own.ModelPath, token => LoadAsync(own, token)));
    }

    /// <summary>Gets a shared model that the host creates itself. The pool disposes it.</summary>
    /// <param name="path">The path by which cards name it.</param>
    /// <param name="load">Creates the initialized model; called once, and again after a failure.</param>
    /// <returns>The shared model.</returns>
    public SharedModel Share(string path, Func<CancellationToken, Task<ILanguageModel>> load)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(load);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _models.GetOrAdd(Identify(path), _ => new SharedModel(path, load));
    }

    /// <summary>Disposes all models.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (SharedModel model in _models.Values)
        {
            model.Dispose();
        }
    }

    private async Task<ILanguageModel> LoadAsync(LlamaModelOptions options, CancellationToken cancellationToken)
    {
        if (TrainedContextSize(options.ModelPath) is { } trained && options.ContextSize > trained)
        {
            _logger.LogInformation("Model '{Path}' was trained for a context of {Trained} tokens; using that instead of {Requested}", options.ModelPath, trained, options.ContextSize);
            options.ContextSize = trained;
        }
        return await _loader.LoadAsync(options, progress: null, cancellationToken).ConfigureAwait(false);
    }

    private static int? TrainedContextSize(string path)
    {
        try
        {
            return GgufFile.Read(path).Facts.ContextLength;
        }
        catch (Exception e) when (e is GgufException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // the loader reports what is wrong with it
        }
    }

    private static string Identify(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            return new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full;
        }
        catch (IOException)
        {
            return full;
        }
    }
}
