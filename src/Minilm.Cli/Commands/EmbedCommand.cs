using System.CommandLine;
using System.Globalization;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm embed</c>: computes embeddings of texts and compares them.</summary>
internal sealed class EmbedCommand : CliCommand
{
    private const int MostCompared = 10;
    private const int ShownElements = 4;
    private const int ShownCharacters = 40;

    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly CliOption<string[]> _text = new("--text", "TEXT", "A text. May be repeated.") { Arity = ArgumentArity.OneOrMore };
    private readonly CliOption<string> _file = new("--file", "FILE", "A file with one text per line; empty lines are skipped. - reads standard input.");
    private readonly CliOption<string?> _pooling = new("--pooling", "cls|last|mean|none", "How the vectors of a text's tokens are combined into one.", "what the model's file states, else mean") { Member = nameof(EmbedderOptions.Pooling) };
    private readonly CliOption<bool> _noNormalize = new("--no-normalize", null, "Do not L2-normalize the vectors.") { Member = nameof(EmbedderOptions.Normalization) };
    private readonly NumberOption<int> _contextSize = new("--ctx", 1, 1 << 20, "Context window in tokens, which each text has to fit into.", $"{EmbedderOptions.DefaultContextSize}, or what the model was trained for if that is less") { Member = nameof(EmbedderOptions.ContextSize) };
    private readonly CliOption<bool> _truncate = new("--truncate", null, "Truncate texts that are too long, instead of failing.") { Member = nameof(EmbedderOptions.Truncate) };
    private readonly NumberOption<int> _threads = CommonSymbols.Threads();

    public EmbedCommand(CommandHost host)
        : base("embed", "Compute embeddings of texts: vectors that are close where the texts mean something similar.", host)
    {
        Add(_model);
        _contextSize.Aliases.Add("--ctx-size");
        _pooling.AcceptOnlyFromAmong("none", "mean", "cls", "last");
        AddOptions(_text, _file, _pooling, _noNormalize, _contextSize, _truncate, _threads);
        RequireOneOf(_text, _file);
    }

    public override string ApiType => nameof(LlamaEmbedder);

    public override IReadOnlyList<string> Examples { get; } =
    [
        "embed model.gguf --text \"the cat sat\" --text \"a cat was sitting\" --text \"stock prices fell\"",
        "embed model.gguf --file lines.txt --pooling mean --json",
    ];

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string[] texts = await ReadTextsAsync(parsed, cancellationToken).ConfigureAwait(false);
        LlamaModelOptions model = CommonSymbols.ModelOptions(parsed, _model, _threads);
        EmbedderOptions options = new()
        {
            ContextSize = parsed.GetValue(_contextSize),
            Pooling = parsed.GetValue(_pooling) is { } pooling ? Enum.Parse<EmbeddingPooling>(pooling, ignoreCase: true) : null,
            Normalization = parsed.GetValue(_noNormalize) ? EmbeddingNormalization.None : EmbeddingNormalization.L2,
            Truncate = parsed.GetValue(_truncate),
        };
        using LlamaEmbedder embedder = LlamaEmbedder.Create(model, options);
        if (embedder.Pooling == EmbeddingPooling.Rank)
        {
            throw new UsageException("this is a reranking model: it gives scores, not vectors. Pass --pooling cls, last, mean or none for the vectors before its classification head");
        }
        IReadOnlyList<TextEmbedding> embeddings = await embedder.EmbedManyAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(Host.Json))
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
        string file = await InputText.ReadPromptAsync(Host.Console, parsed.GetRequiredValue(_file), cancellationToken).ConfigureAwait(false);
        texts = [.. file.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)];
        return texts.Length > 0 ? texts : throw new UsageException("nothing to embed: the file has no text");
    }

    private void WriteJson(LlamaEmbedder embedder, IReadOnlyList<TextEmbedding> embeddings)
    {
        int tokens = embeddings.Sum(embedding => embedding.TokenCount);
        if (embedder.Pooling == EmbeddingPooling.None)
        {
            Host.WriteJson(new EmbedTokensResult([.. embeddings.Select(embedding => embedding.Vectors.ToArray())], embedder.Dimensions, "none", tokens), CliJson.Default.EmbedTokensResult);
        }
        else
        {
            string pooling = embedder.Pooling switch { EmbeddingPooling.Cls => "cls", EmbeddingPooling.Last => "last", _ => "mean" };
            Host.WriteJson(new EmbedResult([.. embeddings.Select(embedding => embedding.Vector)], embedder.Dimensions, pooling, tokens), CliJson.Default.EmbedResult);
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
                Host.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1,3} {embedding.TokenCount,5} tokens  {elements} … ({vector.Length})  {text}"));
            }
        }
    }

    private void WriteSimilarities(LlamaEmbedder embedder, IReadOnlyList<TextEmbedding> embeddings)
    {
        if (embeddings.Count is < 2 or > MostCompared || embedder.Pooling == EmbeddingPooling.None)
        {
            return;
        }
        Host.Console.Out.WriteLine();
        Host.Console.Out.WriteLine("cosine " + string.Concat(Enumerable.Range(1, embeddings.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i,8}"))));
        foreach ((int i, TextEmbedding row) in embeddings.Index())
        {
            string cells = string.Concat(embeddings.Select(column => string.Create(CultureInfo.InvariantCulture, $"{TextEmbedding.CosineSimilarity(row.Vector, column.Vector),8:0.0000}")));
            Host.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1,6} {cells}"));
        }
    }
}
