using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Minilm;

/// <summary>Configures a <see cref="LanguageModelLoader"/>.</summary>
public sealed record LanguageModelLoaderOptions
{
    /// <summary>Gets a value indicating whether a model that cannot be loaded is an error instead of a mock.</summary>
    public bool Strict { get; init; }

    /// <summary>Gets how the mock behaves that stands in.</summary>
    public MockModelOptions Mock { get; init; } = new();
}

/// <summary>Gets a model that answers: the real one, or else, visibly, the mock.</summary>
/// <param name="options">What happens when the real model cannot be loaded; null is the default.</param>
/// <param name="loggerFactory">Receives the reason of a fallback as a warning.</param>
/// <param name="timeProvider">The clock of the models.</param>
public sealed class LanguageModelLoader(LanguageModelLoaderOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
{
    private readonly LanguageModelLoaderOptions _options = options ?? new LanguageModelLoaderOptions();
    private readonly ILoggerFactory _loggerFactory = loggerFactory ?? NullLoggerFactory.Instance;

    /// <summary>Loads a model. When that fails, the mock answers instead: <see cref="ModelInfo.Backend"/> and <see cref="ModelInfo.FallbackReason"/> say so, and a warning is logged.</summary>
    /// <param name="model">Where the file is and how to run it.</param>
    /// <param name="progress">Receives the share that is loaded, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>An initialized model, to be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of its range; no fallback hides that.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="MinilmException">The model could not be loaded, and <see cref="LanguageModelLoaderOptions.Strict"/> forbids the mock.</exception>
    /// <exception cref="IOException">There is no such file, and <see cref="LanguageModelLoaderOptions.Strict"/> forbids the mock.</exception>
    public async Task<ILanguageModel> LoadAsync(LlamaModelOptions model, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        LlamaModel? real = null;
        try
        {
            real = new LlamaModel(model, _loggerFactory.CreateLogger<LlamaModel>(), timeProvider);
            await real.InitializeAsync(progress, cancellationToken).ConfigureAwait(false);
            return real;
        }
        catch (Exception e)
        {
            real?.Dispose();
            if (_options.Strict || e is not (MinilmException or IOException or UnauthorizedAccessException))
            {
                throw;
            }
            _loggerFactory.CreateLogger<LanguageModelLoader>().LogWarning(e, "The mock answers instead of model '{Path}': {Reason}", model.ModelPath, e.Message);
            var mock = new MockModel(_options.Mock with { FallbackReason = e.Message }, timeProvider);
            mock.Initialize(cancellationToken: cancellationToken);
            return mock;
        }
    }

    /// <inheritdoc cref="LoadAsync"/>
    public ILanguageModel Load(LlamaModelOptions model, IProgress<float>? progress = null, CancellationToken cancellationToken = default) =>
        LoadAsync(model, progress, cancellationToken).GetAwaiter().GetResult();
}
