using System.CommandLine;
using System.Globalization;
using Minilm.Cli.Output;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm embed</c>: turns texts into vectors and compares them.</summary>
internal sealed class EmbedCommand : Command, IHasExamples
{
    private const int MostCompared = 10;
    private const int ShownElements = 4;
    private const int ShownCharacters = 40;

    private readonly CommandHost _host;
    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly Option<string[]> _text = new("--text") { Description = "A text; give it again for another.", HelpName = "TEXT", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _file = new("--file") { Description = "A file with one text a line; empty lines are left out. - reads standard input.", HelpName = "FILE" };
    private readonly Option<string?> _pooling = new("--pooling") { Description = "How the vectors of a text's tokens become one. Default: as the model states, else mean.", HelpName = "cls|last|mean|none" };
    private readonly Option<bool> _noNormalize = new("--no-normalize") { Description = "Leave the vectors as long as the model makes them, instead of length 1." };
    private readonly Option<int?> _context = new Option<int?>("--ctx-size") { Description = "The most tokens of a text. Default: 512, or what the model was trained for if that is less.", HelpName = "N" }.From(1, 1 << 20);
    private readonly Option<bool> _truncate = new("--truncate") { Description = "Leave out the end of a text that is too long, instead of failing." };
    private readonly Option<int?> _threads = CommonSymbols.Threads();

    public EmbedCommand(CommandHost host)
        : base("embed", "Turns texts into vectors that are close where the texts mean alike.")
    {
        _host = host;
        Add(_model);
        Add(_text);
        Add(_file);
        Add(_pooling);
        Add(_noNormalize);
        Add(_context);
        Add(_truncate);
        Add(_threads);
        _pooling.AcceptOnlyFromAmong("none", "mean", "cls", "last");
        this.RequireOneOf(_text, _file);
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "embed model.gguf --text \"the cat sat\" --text \"a cat was sitting\" --text \"stock prices fell\"",
        "embed model.gguf --file lines.txt --pooling mean --json",
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] texts = await ReadTextsAsync(parsed, cancellationToken).ConfigureAwait(false);
        LlamaModelOptions model = new() { ModelPath = parsed.GetRequiredValue(_model), Threads = parsed.GetValue(_threads) ?? 0 };
        EmbedderOptions options = new()
        {
            ContextSize = parsed.GetValue(_context) ?? 0,
            Pooling = parsed.GetValue(_pooling) is { } pooling ? Enum.Parse<EmbeddingPooling>(pooling, ignoreCase: true) : null,
            Normalization = parsed.GetValue(_noNormalize) ? EmbeddingNormalization.None : EmbeddingNormalization.L2,
            Truncate = parsed.GetValue(_truncate),
        };
        using LlamaEmbedder embedder = LlamaEmbedder.Create(model, options);
        if (embedder.Pooling == EmbeddingPooling.Rank)
        {
            throw new UsageException("This is a reranking model: it gives scores and not vectors. Give --pooling cls, last, mean or none to see the vectors before its classification head");
        }
        IReadOnlyList<TextEmbedding> embeddings = await embedder.EmbedManyAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_host.Json))
        {
            WriteJson(embedder, embeddings);
        }
        else
        {
            WriteTable(texts, embeddings);
            WriteSimilarities(embedder, embeddings);
        }
        return ExitCode.Done;
    }

    private async Task<string[]> ReadTextsAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_text) is { Length: > 0 } texts)
        {
            return texts;
        }
        string file = await InputText.ReadPromptAsync(_host.Console, parsed.GetRequiredValue(_file), cancellationToken).ConfigureAwait(false);
        texts = [.. file.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)];
        return texts.Length > 0 ? texts : throw new UsageException("There is nothing to embed: the file has no text");
    }

    private void WriteJson(LlamaEmbedder embedder, IReadOnlyList<TextEmbedding> embeddings)
    {
        int tokens = embeddings.Sum(embedding => embedding.TokenCount);
        if (embedder.Pooling == EmbeddingPooling.None)
        {
            _host.WriteJson(new EmbedTokensResult([.. embeddings.Select(embedding => embedding.Vectors.ToArray())], embedder.Dimensions, "none", tokens), CliJson.Default.EmbedTokensResult);
        }
        else
        {
            string pooling = embedder.Pooling switch { EmbeddingPooling.Cls => "cls", EmbeddingPooling.Last => "last", _ => "mean" };
            _host.WriteJson(new EmbedResult([.. embeddings.Select(embedding => embedding.Vector)], embedder.Dimensions, pooling, tokens), CliJson.Default.EmbedResult);
        }
    }

    private void WriteTable(string[] texts, IReadOnlyList<TextEmbedding> embeddings)
    {
        foreach ((int i, TextEmbedding embedding) in embeddings.Index())
        {
            string text = SafeText.OneLine(texts[i]);
            text = text.Length > ShownCharacters ? text[..(ShownCharacters - 1)] + "…" : text;
            foreach (float[] vector in embedding.Vectors)
            {
                string elements = string.Join(' ', vector.Take(ShownElements).Select(element => string.Create(CultureInfo.InvariantCulture, $"{element,9:0.0000}")));
                _host.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1,3} {embedding.TokenCount,5} tokens  {elements} … ({vector.Length})  {text}"));
            }
        }
    }

    private void WriteSimilarities(LlamaEmbedder embedder, IReadOnlyList<TextEmbedding> embeddings)
    {
        if (embeddings.Count is < 2 or > MostCompared || embedder.Pooling == EmbeddingPooling.None)
        {
            return;
        }
        _host.Console.Out.WriteLine();
        _host.Console.Out.WriteLine("cosine " + string.Concat(Enumerable.Range(1, embeddings.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i,8}"))));
        foreach ((int i, TextEmbedding row) in embeddings.Index())
        {
            string cells = string.Concat(embeddings.Select(column => string.Create(CultureInfo.InvariantCulture, $"{TextEmbedding.CosineSimilarity(row.Vector, column.Vector),8:0.0000}")));
            _host.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1,6} {cells}"));
        }
    }
}
