using System.CommandLine;
using System.Text;
using Minilm.Cli.Output;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm tokenize</c>: shows what a model's vocabulary makes of a text.</summary>
internal sealed class TokenizeCommand : Command, IHasExamples
{
    private readonly CommandHost _host;
    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly Option<string> _text = new("--text") { Description = "The text.", HelpName = "TEXT" };
    private readonly Option<string> _file = new("--file") { Description = "A file whose bytes are taken as they are; - reads standard input.", HelpName = "FILE" };
    private readonly Option<bool> _special = new("--special") { Description = "Add the tokens that the model wants around a text, and read control tokens spelled out in it as such." };
    private readonly Option<bool> _pieces = new("--pieces") { Description = "Print each id with the text it stands for, one a line." };

    public TokenizeCommand(CommandHost host)
        : base("tokenize", "Prints the token ids of a text. The file needs a vocabulary, not weights.")
    {
        _host = host;
        Add(_model);
        Add(_text);
        Add(_file);
        Add(_special);
        Add(_pieces);
        this.RequireOneOf(_text, _file);
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "tokenize model.gguf --text \"Hello world\" --pieces",
        "tokenize model.gguf --file book.txt --special --json",
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        byte[] text = parsed.GetValue(_text) is { } literal
            ? Encoding.UTF8.GetBytes(literal)
            : await InputText.ReadBytesAsync(_host.Console, parsed.GetRequiredValue(_file), cancellationToken).ConfigureAwait(false);
        bool special = parsed.GetValue(_special);

        using LlamaVocab vocab = LlamaVocab.Load(parsed.GetRequiredValue(_model));
        int[] tokens = vocab.Tokenize(text, addSpecial: special, parseSpecial: special);
        Piece[]? pieces = parsed.GetValue(_pieces) ? [.. tokens.Select(token => new Piece(vocab.GetPiece(token)))] : null;

        if (parsed.GetValue(_host.Json))
        {
            _host.WriteJson(new TokenizeResult(tokens, pieces), CliJson.Default.TokenizeResult);
        }
        else if (pieces is not null)
        {
            foreach ((int token, Piece piece) in tokens.Zip(pieces))
            {
                _host.Console.Out.WriteLine($"{token}\t{SafeText.Escape(piece.Utf8)}");
            }
        }
        else
        {
            _host.Console.Out.WriteLine(string.Join(' ', tokens));
        }
        return ExitCode.Done;
    }
}
