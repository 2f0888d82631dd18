using System.Collections.Concurrent;
using Minilm.Abstractions;
using Minilm.Engine;
using Minilm.Gguf;
using Minilm.Loading;

namespace Minilm;

/// <content>What is made on the loaded weights, or belongs to them: contexts, embedders, adapters, draft models, the prompt cache.</content>
public sealed partial class LlamaModel
{
    private readonly ConcurrentDictionary<string, LlamaModel> _drafts = new(StringComparer.Ordinal);

    /// <summary>Estimates what loading a model takes of memory, from the header of the file: nothing is loaded, and no native library is needed.</summary>
    /// <param name="options">Where the file is and how it would be run.</param>
    /// <param name="context">A context like those of <see cref="CreateContext"/>; null is that of the model itself.</param>
    /// <returns>
    /// Bytes: weights and KV memory from their shapes, compute buffers by a formula that follows what libllama reports
    /// for the llama architecture on a CPU. An upper limit for models with sliding windows or recurrent layers.
    /// </returns>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of its range.</exception>
    /// <exception cref="ModelLoadException">The file is not a model, or was not trained for such a context.</exception>
    public static ModelMemoryEstimate EstimateMemory(LlamaModelOptions options, LlamaContextOptions? context = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionsRules.Require(OptionsRules.Validate(options));
        context ??= options.ToContextOptions();
        OptionsRules.Require(OptionsRules.Validate(context), nameof(context));
        GgufFile file = GgufModelFile.ReadChecked(options.ModelPath, offset: options.ModelOffset);
        ContextLimits.RequireFit(file, context);
        int size = ContextLimits.RequireContextSize(file, context.ContextSize ?? options.ContextSize, context.Sequences);
        return MemoryEstimator.Estimate(file, context, size, MemoryEstimator.WeightBytes(file));
    }

    /// <summary>Creates a context of the caller's own on the loaded weights, for hosts that drive the decode loop themselves. It stays valid after <see cref="Free"/>.</summary>
    /// <param name="options">What differs from the model's options.</param>
    /// <param name="threadPool">The threads that compute, shared with other contexts, which then take turns; null is those of the model.</param>
    /// <returns>A context to be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or asks for more threads than the pool has.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ModelLoadException">libllama could not, or the size is more than the model was trained for.</exception>
    public LlamaContext CreateContext(LlamaContextOptions? options = null, LlamaThreadPool? threadPool = null)
    {
        options ??= _options.ToContextOptions();
        OptionsRules.Require(OptionsRules.Validate(options));
        using SessionLease lease = Lease();
        return lease.Session.CreateContext(options, threadPool ?? _pool);
    }

    /// <summary>Creates an embedder on the loaded weights. It stays valid after <see cref="Free"/>.</summary>
    /// <param name="options">How texts become vectors; null takes the defaults.</param>
    /// <returns>An embedder to be disposed.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ModelLoadException">libllama could not, the size is more than the model was trained for, or it cannot rank.</exception>
    public LlamaEmbedder CreateEmbedder(EmbedderOptions? options = null)
    {
        options ??= new EmbedderOptions();
        OptionsRules.Require(OptionsRules.Validate(options));
        using SessionLease lease = Lease();
        return LlamaEmbedder.Create(lease.Session.Weights, lease.Session.File, _options, options, _time, _pool);
    }

    /// <summary>Loads a LoRA adapter for the loaded weights, for <see cref="CompletionOptions.Adapters"/> and <see cref="LlamaContext.SetAdapters"/>. It stays valid after <see cref="Free"/>, for contexts that do.</summary>
    /// <param name="path">A GGUF file of the type <c>adapter</c>.</param>
    /// <param name="name">The name under which calls use it; null takes the file's name without its extension, with a number where that is taken.</param>
    /// <returns>An adapter to be disposed.</returns>
    /// <exception cref="ArgumentException">The path is empty, or the model has an adapter of the name.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="ModelLoadException">The file cannot be read, is not an adapter for this model, or libllama refused it; the message says why.</exception>
    public LlamaAdapter LoadAdapter(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using SessionLease lease = Lease();
        return lease.Session.LoadAdapter(path, name);
    }

    /// <summary>Names a smaller model of the same vocabulary for <see cref="CompletionOptions.DraftModel"/>. One that had the name before is replaced.</summary>
    /// <param name="name">The name under which calls use it.</param>
    /// <param name="draft">The model, initialized when a call uses it; it still belongs to the caller.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public void AddDraftModel(string name, LlamaModel draft)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(draft);
        _drafts[name] = draft;
    }

    /// <summary>Saves what is decoded of the last conversation, so that another process need not decode it again.</summary>
    /// <param name="destination">Receives the bytes.</param>
    /// <param name="cancellationToken">Gives up waiting for a running call.</param>
    /// <returns>The number of tokens saved.</returns>
    /// <exception cref="InvalidOperationException">The model is not initialized, or the conversation was computed with LoRA adapters.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public async Task<int> SavePromptCacheAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using SessionLease lease = Lease();
        (byte[] saved, int tokens) = await lease.Session.SaveCacheAsync(cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(saved, cancellationToken).ConfigureAwait(false);
        return tokens;
    }

    /// <summary>Restores what <see cref="SavePromptCacheAsync"/> saved. Prompts that begin with the same tokens start behind them.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="cancellationToken">Gives up waiting for a running call.</param>
    /// <returns>The number of tokens restored.</returns>
    /// <exception cref="InvalidDataException">It is damaged, of another model, or of another version of libllama; the model works on without it.</exception>
    /// <exception cref="InvalidOperationException">The model is not initialized.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public async Task<int> LoadPromptCacheAsync(Stream source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        using SessionLease lease = Lease();
        using var saved = new MemoryStream();
        await source.CopyToAsync(saved, cancellationToken).ConfigureAwait(false);
        return await lease.Session.LoadCacheAsync(saved.GetBuffer().AsMemory(0, (int)saved.Length), cancellationToken).ConfigureAwait(false);
    }

    private ModelSession LeaseDraft(string name)
    {
        if (!_drafts.TryGetValue(name, out LlamaModel? draft))
        {
            throw new ArgumentException($"{nameof(CompletionOptions.DraftModel)} is '{name}', but {(_drafts.IsEmpty ? "no draft model was added" : $"added were {string.Join(", ", _drafts.Keys)}")}. Add it with {nameof(AddDraftModel)}.", nameof(name));
        }
        try
        {
            return draft.Lease().Session;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"{nameof(CompletionOptions.DraftModel)} '{name}': {e.Message}", e);
        }
    }
}
