using System.Text;

namespace Minilm.Embeddings;

/// <summary>Tokenizes texts, and queries with documents, as a model wants to embed and rank them. Text never becomes a control token.</summary>
internal sealed class EmbeddingTokenizer
{
    private const string QueryPlace = "{query}";
    private const string DocumentPlace = "{document}";

    private readonly LlamaVocab _vocab;
    private readonly RankTemplate _template;
    private readonly int _limit;
    private readonly bool _truncate;
    private readonly int[] _ending; // what the model wants after a text, kept when the text is truncated

    /// <param name="vocab">The vocabulary.</param>
    /// <param name="rankTemplate">The text around a query and a document that the model states, if it does.</param>
    /// <param name="separator">The token that the model wants between a query and a document.</param>
    /// <param name="limit">The most tokens of one text.</param>
    /// <param name="truncate">Whether a longer text loses its end, or is refused.</param>
    public EmbeddingTokenizer(LlamaVocab vocab, string? rankTemplate, int? separator, int limit, bool truncate)
    {
        _vocab = vocab;
        _limit = limit;
        _truncate = truncate;
        _template = rankTemplate is null ? RankTemplate.OfTokens(vocab, separator) : RankTemplate.OfText(vocab, rankTemplate);
        int[] around = vocab.Tokenize("", addSpecial: true);
        _ending = around.Length > 0 && around[0] == vocab.BeginningOfText ? around[1..] : around;
    }

    /// <summary>Tokenizes a text with the tokens that the model wants around it.</summary>
    /// <exception cref="ArgumentException">It has no tokens.</exception>
    /// <exception cref="ContextOverflowException">It is too long.</exception>
    public EmbeddingInput OfText(string text, int index)
    {
        RequireRoom(text, $"Text {index}");
        int[] tokens = _vocab.Tokenize(text, addSpecial: true);
        if (tokens.Length == 0)
        {
            throw new ArgumentException($"Text {index} has no tokens in this model's vocabulary.", nameof(text));
        }
        if (tokens.Length <= _limit)
        {
            return new EmbeddingInput(tokens, IsTruncated: false);
        }
        int[] ending = tokens.AsSpan().EndsWith(_ending) && _ending.Length < _limit ? _ending : [];
        return _truncate
            ? new EmbeddingInput([.. tokens.AsSpan(0, _limit - ending.Length), .. ending], IsTruncated: true)
            : throw Overflow($"Text {index}", $"{tokens.Length}", tokens.Length);
    }

    /// <summary>Tokenizes a query and a document as one text.</summary>
    /// <exception cref="ContextOverflowException">They are too long.</exception>
    public EmbeddingInput OfPair(int[] query, string document, int index)
    {
        RequireRoom(document, $"Document {index}");
        int[] tokens = _vocab.Tokenize(document);
        int around = query.Length + _template.Count;
        if (around + tokens.Length <= _limit)
        {
            return new EmbeddingInput(_template.Fill(query, tokens), IsTruncated: false);
        }
        return _truncate && around < _limit
            ? new EmbeddingInput(_template.Fill(query, tokens.AsSpan(0, _limit - around)), IsTruncated: true)
            : throw Overflow($"Document {index} with the query", $"{around + tokens.Length}", around + tokens.Length);
    }

    // Before the work: tokenizing megabytes takes longer than any deadline.
    private void RequireRoom(string text, string what)
    {
        if (_truncate || _vocab.Type == VocabType.WordPiece) // there a word of any length may be one unknown token
        {
            return;
        }
        long bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes / 16 > _limit && bytes / _vocab.LongestPiece > _limit)
        {
            throw Overflow(what, $"at least {bytes / _vocab.LongestPiece}", bytes / _vocab.LongestPiece);
        }
    }

    private ContextOverflowException Overflow(string what, string count, long tokens) => new(
        $"{what} has {count} tokens, but {_limit} can be computed at once. Split it, configure a larger {nameof(EmbedderOptions.ContextSize)}, or set {nameof(EmbedderOptions.Truncate)}.",
        tokens,
        _limit);

    /// <summary>The tokens before, between and after a query and a document.</summary>
    private sealed record RankTemplate(int[] Before, int[] Between, int[] After, bool DocumentFirst)
    {
        public int Count => Before.Length + Between.Length + After.Length;

        /// <summary>As llama-server does where the model has no template: BOS query EOS SEP document EOS, of which the model wants some.</summary>
        public static RankTemplate OfTokens(LlamaVocab vocab, int? separator)
        {
            int[] beginning = vocab is { AddsBeginningOfText: true, BeginningOfText: { } first } ? [first] : [];
            int[] end = vocab.AddsEndOfText && (vocab.EndOfText ?? separator) is { } last ? [last] : [];
            return new RankTemplate(beginning, separator is { } between ? [.. end, between] : end, end, DocumentFirst: false);
        }

        public static RankTemplate OfText(LlamaVocab vocab, string template)
        {
            int query = template.IndexOf(QueryPlace, StringComparison.Ordinal);
            int document = template.IndexOf(DocumentPlace, StringComparison.Ordinal);
            if (query < 0 || document < 0)
            {
                throw new ModelLoadException($"The model's template for reranking has no place for '{(query < 0 ? QueryPlace : DocumentPlace)}'.", ModelLoadReason.Damaged);
            }
            bool documentFirst = document < query;
            int first = Math.Min(query, document) + (documentFirst ? DocumentPlace : QueryPlace).Length;
            int second = Math.Max(query, document) + (documentFirst ? QueryPlace : DocumentPlace).Length;
            return new RankTemplate(
                vocab.Tokenize(template[..Math.Min(query, document)], parseSpecial: true),
                vocab.Tokenize(template[first..Math.Max(query, document)], parseSpecial: true),
                vocab.Tokenize(template[second..], parseSpecial: true),
                documentFirst);
        }

        public int[] Fill(ReadOnlySpan<int> query, ReadOnlySpan<int> document) => DocumentFirst
            ? [.. Before, .. document, .. Between, .. query, .. After]
            : [.. Before, .. query, .. Between, .. document, .. After];
    }
}
