using Minilm.Abstractions;
using Minilm.Embeddings;
using Minilm.Gguf;
using Minilm.Loading;

namespace Minilm;

/// <summary>Turns texts into vectors that are close where the texts mean alike, and ranks documents for a query. All members may be called from any thread; calls wait for each other.</summary>
/// <remarks>
/// Encoder models (such as BERT) and decoder models both can. Made by <see cref="Create(LlamaModelOptions, EmbedderOptions?, TimeProvider?, LlamaThreadPool?)"/>, or on
/// weights that are loaded already by <see cref="LlamaModel.CreateEmbedder"/>. It keeps the weights until it is disposed.
/// </remarks>
public sealed class LlamaEmbedder : IDisposable
{
    private readonly LlamaContext _context;
    private readonly LlamaVocab _vocab;
    private readonly EmbeddingTokenizer _tokenizer;
    private readonly EmbeddingLoop _loop;
    private readonly EmbeddingNormalization _normalization;
    private readonly EmbeddingQueue _queue;

    private LlamaEmbedder(LlamaWeights weights, LlamaContext context, EmbeddingPooling pooling, EmbedderOptions options, TimeProvider time)
    {
        _context = context;
        _normalization = options.Normalization;
        Pooling = pooling;
        Dimensions = pooling == EmbeddingPooling.Rank ? weights.ClassCount : weights.EmbeddingLength;
        if (Dimensions < 1)
        {
            throw new ModelLoadException($"The model states a classification head without scores ({Dimensions}).", ModelLoadReason.Damaged);
        }
        _vocab = weights.Vocab;
        _tokenizer = new EmbeddingTokenizer(_vocab, weights.RerankTemplate, weights.Separator, context.BatchSize, options.Truncate);
        _loop = new EmbeddingLoop(context, pooling != EmbeddingPooling.None, Dimensions);
        _queue = new EmbeddingQueue(this, time);
    }

    /// <summary>Gets the elements of a vector; of a reranking model, the scores of a document.</summary>
    public int Dimensions { get; }

    /// <summary>Gets how the vectors of a text's tokens become one.</summary>
    public EmbeddingPooling Pooling { get; }

    /// <summary>Gets the most tokens of a text, which are also the most that are computed at once.</summary>
    public int ContextSize => _context.BatchSize;

    /// <summary>Loads a model for embedding alone.</summary>
    /// <param name="model">Where the file is and how to run it. What is about completions does not matter here; the context size is that of <paramref name="options"/>.</param>
    /// <param name="options">How texts become vectors; null takes the defaults.</param>
    /// <param name="timeProvider">The clock of deadlines.</param>
    /// <param name="threadPool">The threads that compute, shared with other models and contexts, which then take turns; null is threads of its own.</param>
    /// <returns>An embedder to be disposed.</returns>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of its range.</exception>
    /// <exception cref="ModelLoadException">The file is not a model that can be loaded, the size is more than it was trained for, or it cannot rank.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    public static LlamaEmbedder Create(LlamaModelOptions model, EmbedderOptions? options = null, TimeProvider? timeProvider = null, LlamaThreadPool? threadPool = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        OptionsRules.Require(OptionsRules.Validate(model), nameof(model));
        options ??= new EmbedderOptions();
        OptionsRules.Require(OptionsRules.Validate(options));
        LlamaModelOptions defaults = model.WithDefaults(threadPool?.Threads);
        GgufFile file = GgufModelFile.ReadChecked(model.ModelPath, offset: model.ModelOffset);
        LlamaRuntime.Initialize(model.NativeLibraryPath);
        using LlamaWeights weights = ModelFile.Load(defaults); // the context keeps them
        return Create(weights, file, defaults, options, timeProvider ?? TimeProvider.System, threadPool);
    }

    /// <summary>Computes the vector of a text, float[<see cref="Dimensions"/>].</summary>
    /// <inheritdoc cref="EmbedMany"/>
    /// <param name="text">The text.</param>
    /// <param name="timeout">The time limit of the call, the wait for other calls included; null is none.</param>
    /// <param name="cancellationToken">Stops the call, also in the middle of a batch.</param>
    public float[] Embed(string text, TimeSpan? timeout = null, CancellationToken cancellationToken = default) => EmbedMany([text], timeout, cancellationToken)[0].Vector;

    /// <summary>Computes the vectors of texts, as many at once as fit.</summary>
    /// <param name="texts">The texts. What looks like a control token in them is text.</param>
    /// <param name="timeout">The time limit of the call, the wait for other calls included; null is none.</param>
    /// <param name="cancellationToken">Stops the call, also in the middle of a batch.</param>
    /// <returns>One for each text, in their order.</returns>
    /// <exception cref="ArgumentException">A text is null or has no tokens, or the time limit is not positive.</exception>
    /// <exception cref="ContextOverflowException">A text has more tokens than <see cref="ContextSize"/>; the message has its number.</exception>
    /// <exception cref="InferenceException">libllama could not compute.</exception>
    /// <exception cref="InvalidOperationException">The pooling is <see cref="EmbeddingPooling.Rank"/>: see <see cref="Rank(string, IReadOnlyList{string}, TimeSpan?, CancellationToken)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed, before or meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="TimeoutException">The time limit passed.</exception>
    public IReadOnlyList<TextEmbedding> EmbedMany(IReadOnlyList<string> texts, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        RequireTexts(texts);
        using EmbeddingQueue.Call call = _queue.Begin(timeout, cancellationToken);
        EmbeddingInput[] inputs = Tokenize(texts);
        call.WaitForTurn();
        return Finish(call, inputs);
    }

    /// <inheritdoc cref="EmbedMany"/>
    public async Task<IReadOnlyList<TextEmbedding>> EmbedManyAsync(IReadOnlyList<string> texts, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        RequireTexts(texts);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // tokenizing and computing belong on a pool thread
        using EmbeddingQueue.Call call = _queue.Begin(timeout, cancellationToken);
        EmbeddingInput[] inputs = Tokenize(texts);
        await call.WaitForTurnAsync().ConfigureAwait(false);
        return Finish(call, inputs);
    }

    /// <summary>Scores documents by how well they answer a query, with a reranking model.</summary>
    /// <param name="query">The query.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="timeout">The time limit of the call, the wait for other calls included; null is none.</param>
    /// <param name="cancellationToken">Stops the call, also in the middle of a batch.</param>
    /// <returns>One for each document, the best first.</returns>
    /// <exception cref="ArgumentException">A document is null, or the time limit is not positive.</exception>
    /// <exception cref="ContextOverflowException">The query and a document have more tokens than <see cref="ContextSize"/>; the message has the document's number.</exception>
    /// <exception cref="InferenceException">libllama could not compute.</exception>
    /// <exception cref="InvalidOperationException">The pooling is not <see cref="EmbeddingPooling.Rank"/>.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed, before or meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    /// <exception cref="TimeoutException">The time limit passed.</exception>
    public IReadOnlyList<RankedDocument> Rank(string query, IReadOnlyList<string> documents, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        RequirePairs(query, documents);
        using EmbeddingQueue.Call call = _queue.Begin(timeout, cancellationToken);
        EmbeddingInput[] inputs = Tokenize(query, documents);
        call.WaitForTurn();
        return FinishRanking(call, inputs);
    }

    /// <inheritdoc cref="Rank(string, IReadOnlyList{string}, TimeSpan?, CancellationToken)"/>
    public async Task<IReadOnlyList<RankedDocument>> RankAsync(string query, IReadOnlyList<string> documents, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        RequirePairs(query, documents);
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // tokenizing and computing belong on a pool thread
        using EmbeddingQueue.Call call = _queue.Begin(timeout, cancellationToken);
        EmbeddingInput[] inputs = Tokenize(query, documents);
        await call.WaitForTurnAsync().ConfigureAwait(false);
        return FinishRanking(call, inputs);
    }

    /// <summary>Stops the calls that run or wait, and releases the memory.</summary>
    public void Dispose()
    {
        if (_queue.Close())
        {
            _context.Dispose();
            _queue.Dispose();
        }
    }

    /// <summary>Creates an embedder on loaded weights, which it keeps.</summary>
    internal static LlamaEmbedder Create(LlamaWeights weights, GgufFile file, LlamaModelOptions defaults, EmbedderOptions options, TimeProvider time, LlamaThreadPool? pool)
    {
        EmbeddingPooling stated = file.TryGetUInt32(file.Facts.ArchitectureKey("pooling_type"), out uint value) ? (EmbeddingPooling)value : EmbeddingPooling.Mean;
        EmbeddingPooling pooling = options.Pooling ?? stated;
        RequireHead(file, pooling);
        int requested = options.ContextSize ?? Math.Min(EmbedderOptions.DefaultContextSize, file.Facts.ContextLength ?? int.MaxValue);
        int size = ContextLimits.RequireContextSize(file, requested, sequences: 1);
        LlamaContextOptions contextOptions = defaults.ToContextOptions() with
        {
            BatchSize = size,
            MaxSequences = Math.Min(options.MaxSequences ?? 64, size),
            Embedding = (pooling, options.Attention),
        };
        ContextLimits.RequireMemory(file, MemoryEstimator.Estimate(file, contextOptions, size, weightBytes: 0), withWeights: false, Machine.AvailableMemory);
        LlamaContext context = LlamaContext.Create(weights, contextOptions, size, new ModelFingerprint(file, defaults.ModelOffset), pool);
        try
        {
            return new LlamaEmbedder(weights, context, pooling, options, time);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Without a classification head libllama ends the process when it is asked to rank.</summary>
    private static void RequireHead(GgufFile file, EmbeddingPooling pooling)
    {
        if (pooling == EmbeddingPooling.Rank && file.Facts.SplitCount == 1 && !file.Tensors.Any(tensor => tensor.Name is "cls.weight" or "cls.output.weight"))
        {
            throw new ModelLoadException($"'{file.Path}' cannot rank: it has no classification head (tensor 'cls.weight' or 'cls.output.weight'). Take a reranking model, or another pooling.", ModelLoadReason.Unsupported);
        }
    }

    private EmbeddingInput[] Tokenize(IReadOnlyList<string> texts) => [.. texts.Select(_tokenizer.OfText)];

    private EmbeddingInput[] Tokenize(string query, IReadOnlyList<string> documents)
    {
        int[] tokens = _vocab.Tokenize(query);
        return [.. documents.Select((document, i) => _tokenizer.OfPair(tokens, document, i))];
    }

    private TextEmbedding[] Finish(EmbeddingQueue.Call call, EmbeddingInput[] inputs)
    {
        float[][][] vectors = call.Run(_loop, inputs);
        foreach (float[] vector in vectors.SelectMany(own => own))
        {
            Normalize(vector);
        }
        return [.. vectors.Select((own, i) => new TextEmbedding(own, inputs[i].Tokens.Length, inputs[i].IsTruncated))];
    }

    private RankedDocument[] FinishRanking(EmbeddingQueue.Call call, EmbeddingInput[] inputs) =>
    [
        .. call.Run(_loop, inputs)
            .Select((own, i) => new RankedDocument(i, own[0][0], inputs[i].Tokens.Length, inputs[i].IsTruncated))
            .OrderByDescending(document => document.Score),
    ];

    private void Normalize(Span<float> vector)
    {
        double divisor = 0;
        foreach (float element in vector)
        {
            divisor = _normalization switch
            {
                EmbeddingNormalization.L2 => divisor + ((double)element * element),
                EmbeddingNormalization.MaxAbs => Math.Max(divisor, Math.Abs(element)),
                _ => 1,
            };
        }
        divisor = _normalization == EmbeddingNormalization.L2 ? Math.Sqrt(divisor) : divisor;
        for (int i = 0; i < vector.Length && divisor > 0; i++)
        {
            vector[i] = (float)(vector[i] / divisor);
        }
    }

    private void RequireTexts(IReadOnlyList<string> texts)
    {
        if (Pooling == EmbeddingPooling.Rank)
        {
            throw new InvalidOperationException($"This embedder ranks: its pooling is {nameof(EmbeddingPooling.Rank)}. Call {nameof(Rank)}, or create one with another {nameof(EmbedderOptions.Pooling)}.");
        }
        RequireNoNulls(texts, nameof(texts));
    }

    private void RequirePairs(string query, IReadOnlyList<string> documents)
    {
        if (Pooling != EmbeddingPooling.Rank)
        {
            throw new InvalidOperationException($"This embedder does not rank: its pooling is {Pooling}. Take a reranking model, and {nameof(EmbeddingPooling)}.{nameof(EmbeddingPooling.Rank)}.");
        }
        ArgumentNullException.ThrowIfNull(query);
        RequireNoNulls(documents, nameof(documents));
    }

    private static void RequireNoNulls(IReadOnlyList<string> texts, string parameter)
    {
        ArgumentNullException.ThrowIfNull(texts, parameter);
        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i] is null)
            {
                throw new ArgumentException($"Text {i} is null.", parameter);
            }
        }
    }
}
