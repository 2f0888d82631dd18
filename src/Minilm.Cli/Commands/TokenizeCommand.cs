using System.CommandLine;
using System.Text;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm tokenize</c>: shows the tokens of a text.</summary>
internal sealed class TokenizeCommand : CliCommand
{
    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly CliOption<string> _text = new("--text", "TEXT", "The text.");
    private readonly CliOption<string> _file = new("--file", "FILE", "A file with the text, taken byte by byte; - reads standard input.");
    private readonly CliOption<bool> _special = new("--special", null, "Add the special tokens that the model expects around a text, and parse control tokens spelled out in it.");
    private readonly CliOption<bool> _pieces = new("--pieces", null, "Print each token ID with its piece of text, one per line.");

    public TokenizeCommand(CommandHost host)
        : base("tokenize", "Print the token IDs of a text. The model's file needs a vocabulary, but no weights.", host)
    {
        Add(_model);
        AddOptions(_text, _file, _special, _pieces);
        RequireOneOf(_text, _file);
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "tokenize model.gguf --text \"Hello world\" --pieces",
        "tokenize model.gguf --file book.txt --special --json",
    ];

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        byte[] text = parsed.GetValue(_text) is { } literal
            ? Encoding.UTF8.GetBytes(literal)
            : await InputText.ReadBytesAsync(Host.Console, parsed.GetRequiredValue(_file), cancellationToken).ConfigureAwait(false);
        bool special = parsed.GetValue(_special);

        using LlamaVocab vocab = LlamaVocab.Load(parsed.GetRequiredValue(_model));
        int[] tokens = vocab.Tokenize(text, addSpecial: special, parseSpecial: special);
        Piece[]? pieces = parsed.GetValue(_pieces) ? [.. tokens.Select(token => new Piece(vocab.GetPiece(token)))] : null;

        if (parsed.GetValue(Host.Json))
        {
            Host.WriteJson(new TokenizeResult(tokens, pieces), CliJson.Default.TokenizeResult);
        }
        else if (pieces is not null)
        {
            foreach ((int token, Piece piece) in tokens.Zip(pieces))
            {
                Host.Console.Out.WriteLine($"{token}\t{SafeText.Escape(piece.Utf8)}");
            }
        }
        else
        {
            Host.Console.Out.WriteLine(string.Join(' ', tokens));
        }
        return ExitCode.Done;
    }
}
