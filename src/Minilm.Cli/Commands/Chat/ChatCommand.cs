using System.CommandLine;
using System.CommandLine.Parsing;
using Minilm.Cli.Output;
using Minilm.Dialog;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.Cards;

namespace Minilm.Cli.Commands.Chat;

/// <summary><c>minilm chat</c>: a conversation with a character.</summary>
internal sealed class ChatCommand : Command, IHasExamples
{
    private readonly CommandHost _host;
    private readonly Argument<string?> _card = new("CARD")
    {
        Description = $"A character card (JSON), or a character that comes with the program: {string.Join(", ", BuiltInCharacters.Names)}. Without one, {BuiltInCharacters.Default}.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _model = new("--model") { Description = "A GGUF file that answers, instead of the card's own.", HelpName = "FILE" };
    private readonly Option<string[]> _say = new("--say") { Description = "Says something. May be given several times, in turn with --trigger; without either, lines are read from standard input.", HelpName = "TEXT" };
    private readonly Option<string[]> _trigger = new("--trigger") { Description = $"Does something: {string.Join(", ", DialogTriggers.All)}, or the card's own word.", HelpName = "T" };
    private readonly Option<double?> _mood = new Option<double?>("--mood") { Description = "The character's mood, from 0 (unknown) to 100.", HelpName = "N" }.From(0d, 100d);
    private readonly Option<string> _user = new("--user") { Description = "What the character calls you.", HelpName = "NAME" };
    private readonly Option<int?> _seed = new Option<int?>("--seed") { Description = "The seed of random choices. Default: a new one for each run.", HelpName = "N" }.From(0, int.MaxValue);
    private readonly Option<bool> _strict = new("--strict") { Description = "No mock: when the model cannot be loaded, the character's other backends answer." };

    public ChatCommand(CommandHost host)
        : base("chat", "Talks with a character. On a terminal it reads what you type; /help there lists the commands.")
    {
        _host = host;
        Add(_card);
        foreach (Option option in (Option[])[_model, _say, _trigger, _mood, _user, _seed, _strict])
        {
            Add(option);
        }
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "chat ottoline",
        "chat linden --model model.gguf",
        "chat character.json --say \"Hello\" --trigger feed --json",
        "chat character.json --mood 80 --user Sam < lines.txt",
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        CharacterCard card = CharacterCard.Load(BuiltInCharacters.Find(parsed.GetValue(_card)));
        if (parsed.GetValue(_model) is { } model)
        {
            card = card.WithModel(model.Length > 0 ? Path.GetFullPath(model) : throw new UsageException("--model is empty; give the path of a GGUF file"));
        }
        using var loggers = new MessageLoggerFactory(_host.Messages);
        using var models = new LanguageModelPool(new LanguageModelLoaderOptions { Strict = parsed.GetValue(_strict) });
        using var manager = new DialogManager(card, new DialogManagerOptions { Models = models, Seed = parsed.GetValue(_seed), LoggerFactory = loggers });
        var session = new ChatSession(_host, manager, parsed.GetValue(_host.Json))
        {
            Mood = parsed.GetValue(_mood) ?? 0,
            UserName = parsed.GetValue(_user),
        };
        await manager.PrepareAsync(cancellationToken).ConfigureAwait(false);
        foreach (ModelInfo info in models.Models.Select(share => share.Model?.GetModelInfo()).OfType<ModelInfo>())
        {
            if (info.FallbackReason is { } reason)
            {
                _host.Messages.Error($"the mock answers instead of the model: {reason}");
            }
        }
        List<ChatTurn> script = Script(parsed);
        if (script.Count == 0)
        {
            return await session.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        foreach (ChatTurn turn in script)
        {
            await session.TakeAsync(turn, cancellationToken).ConfigureAwait(false);
        }
        return ExitCode.Done;
    }

    // In the order of the command line, which the values of the two options alone do not tell.
    private List<ChatTurn> Script(ParseResult parsed)
    {
        List<ChatTurn> turns = [];
        string option = "";
        foreach (Token token in parsed.Tokens)
        {
            if (token.Type == TokenType.Option)
            {
                option = token.Value;
            }
            else if (token.Type == TokenType.Argument && (option == _say.Name || option == _trigger.Name))
            {
                turns.Add(option == _say.Name ? ChatTurn.Say(RequireText(token.Value, option)) : new ChatTurn(RequireText(token.Value, option), null));
                option = "";
            }
        }
        return turns;
    }

    private static string RequireText(string value, string option) =>
        string.IsNullOrWhiteSpace(value) ? throw new UsageException($"{option} is empty") : value;
}

/// <summary>One thing that the user does or says.</summary>
internal sealed record ChatTurn(string Trigger, string? Text)
{
    public static ChatTurn Say(string text) => new(DialogTriggers.Talk, text);
}
