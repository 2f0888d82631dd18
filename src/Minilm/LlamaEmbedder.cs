using Minilm.Generation;
using Minilm.Gguf;
using Minilm.Interop;
using Minilm.Interop.Handles;
using Minilm.Runtime;
using Minilm.Validation;

namespace Minilm;

/// <summary>Turns texts into vectors that are close where the texts mean alike, and ranks documents for a query. All members may be called from any thread; calls wait for each other.</summary>
/// <remarks>
/// Encoder models (such as BERT) and decoder models both can. Made by <see cref="Create(LlamaModelOptions, EmbedderOptions?, TimeProvider?)"/>, or on
/// weights that are loaded already by <see cref="LlamaModel.CreateEmbedder"/>. It keeps the weights until it is disposed.
/// </remarks>
public sealed class LlamaEmbedder : IDisposable
{
    private readonly LlamaContext _context;
    private readonly LlamaVocab _vocab;
    private readonly EmbeddingTokens _tokens;
    private readonly EmbeddingLoop _loop;
    private readonly EmbeddingNormalization _normalization;
    private readonly EmbeddingQueue _queue;

    private LlamaEmbedder(LlamaContext context, EmbeddingPooling pooling, EmbedderOptions options, TimeProvider time)
    {
        SafeLlamaModelHandle model = context.Handle.Model;
        _context = context;
        _normalization = options.Normalization;
        Pooling = pooling;
        Dimensions = pooling == EmbeddingPooling.Rank ? (int)NativeMethods.llama_model_n_cls_out(model) : NativeMethods.llama_model_n_embd_out(model);
        if (Dimensions < 1)
        {
            throw new ModelLoadException($"The model states a classification head without scores ({Dimensions}).");
        }
        _vocab = new LlamaVocab(model, ownsModel: false);
        int separator = NativeMethods.llama_vocab_get_add_sep(model.Vocab) ? NativeMethods.llama_vocab_sep(model.Vocab) : -1;
        _tokens = new EmbeddingTokens(_vocab, NativeMethods.minilm_model_chat_template(model, "rerank"), separator >= 0 ? separator : null, context.BatchSize, options.Truncate);
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
    /// <returns>An embedder to be disposed.</returns>
    /// <exception cref="ArgumentException">The path is empty, or an option is out of its range.</exception>
    /// <exception cref="ModelLoadException">The file is not a model that can be loaded, the size is more than it was trained for, or it cannot rank.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    public static LlamaEmbedder Create(LlamaModelOptions model, EmbedderOptions? options = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        OptionsDoor.Require(model);
        options ??= new EmbedderOptions();
        OptionsDoor.Require(options);
        LlamaModelOptions defaults = model.WithDefaults();
        GgufFile file = ModelFile.ReadChecked(model.ModelPath);
        LlamaRuntime.Initialize(model.NativeLibraryPath);
        using SafeLlamaModelHandle handle = ModelFile.Load(model.ModelPath, defaults); // the context keeps it
        return Create(handle, file, defaults, options, timeProvider ?? TimeProvider.System);
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
    /// <exception cref="InferenceException">The library could not compute.</exception>
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
    /// <exception cref="InferenceException">The library could not compute.</exception>
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
            _vocab.Dispose();
            _queue.Dispose();
        }
    }

    /// <summary>Creates an embedder on loaded weights, which it keeps.</summary>
    internal static LlamaEmbedder Create(SafeLlamaModelHandle model, GgufFile file, LlamaModelOptions defaults, EmbedderOptions options, TimeProvider time)
    {
        EmbeddingPooling stated = file.TryGetUInt32(file.Facts.ArchitectureKey("pooling_type"), out uint value) ? (EmbeddingPooling)value : EmbeddingPooling.Mean;
        EmbeddingPooling pooling = options.Pooling ?? stated;
        RequireHead(file, pooling);
        int requested = options.ContextSize > 0 ? options.ContextSize : Math.Min(EmbedderOptions.DefaultContextSize, file.Facts.ContextLength ?? int.MaxValue);
        int size = ModelFile.RequireContextSize(file, requested, sequences: 1);
        LlamaContextOptions contextOptions = defaults.ToContextOptions() with
        {
            BatchSize = size,
            MaxSequences = Math.Min(options.MaxSequences > 0 ? options.MaxSequences : 64, size),
            Embedding = (pooling, options.Attention),
        };
        ModelFile.RequireMemory(file, MemoryEstimator.Estimate(file, contextOptions, size, weightBytes: 0), withWeights: false, Machine.AvailableMemory);
        LlamaContext context = LlamaContext.Create(model, contextOptions, size, new ModelFingerprint(file, defaults.ModelOffset));
        try
        {
            return new LlamaEmbedder(context, pooling, options, time);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Without a classification head the library stops the process when it is asked to rank.</summary>
    private static void RequireHead(GgufFile file, EmbeddingPooling pooling)
    {
        if (pooling == EmbeddingPooling.Rank && file.Facts.SplitCount == 1 && !file.Tensors.Any(tensor => tensor.Name is "cls.weight" or "cls.output.weight"))
        {
            throw new ModelLoadException($"'{file.Path}' cannot rank: it has no classification head (tensor 'cls.weight' or 'cls.output.weight'). Take a reranking model, or another pooling.");
        }
    }

    private EmbeddingInput[] Tokenize(IReadOnlyList<string> texts) => [.. texts.Select(_tokens.OfText)];

    private EmbeddingInput[] Tokenize(string query, IReadOnlyList<string> documents)
    {
        int[] tokens = _vocab.Tokenize(query);
        return [.. documents.Select((document, i) => _tokens.OfPair(tokens, document, i))];
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
