using System.CommandLine;
using System.CommandLine.Parsing;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;
using Minilm.Dialog;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.Cards;

namespace Minilm.Cli.Commands.Chat;

/// <summary><c>minilm chat</c>: a conversation with a character.</summary>
internal sealed class ChatCommand : CliCommand
{
    private readonly Argument<string?> _card = new("CARD")
    {
        Description = $"A character card (JSON), or the name of a built-in character: {string.Join(", ", BuiltInCharacters.Names)}. Default: {BuiltInCharacters.Default}.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly CliOption<string> _model = new("--model", "FILE", "The GGUF file of a model to use instead of the card's own.");
    private readonly CliOption<string[]> _say = new("--say", "TEXT", "Say something. May be repeated, and mixed with --trigger; without either, lines are read from standard input.");
    private readonly CliOption<string[]> _trigger = new("--trigger", "NAME", $"Trigger an event: {string.Join(", ", DialogTriggers.All)}, or one of the card's own. May be repeated.");
    private readonly NumberOption<double> _mood = new("--mood", 0, 100, "The character's mood, up to 100.", "0, which is unknown");
    private readonly CliOption<string> _user = new("--user", "NAME", "What the character calls you.");
    private readonly NumberOption<int> _seed = new("--seed", 0, int.MaxValue, "Random seed.", "a new one for each run");
    private readonly CliOption<bool> _strict = new("--strict", null, "Use no mock: when the model cannot be loaded, the character's other backends answer.");

    public ChatCommand(CommandHost host)
        : base("chat", "Talk with a character. On a terminal it reads what you type; /help lists the commands there.", host)
    {
        Add(_card);
        AddOptions(_model, _say, _trigger, _mood, _user, _seed, _strict);
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "chat ottoline",
        "chat linden --model model.gguf",
        "chat character.json --say \"Hello\" --trigger feed --json",
        "chat character.json --mood 80 --user Sam < lines.txt",
    ];

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        CharacterCard card = CharacterCard.Load(BuiltInCharacters.Find(parsed.GetValue(_card)));
        if (parsed.GetValue(_model) is { } model)
        {
            card = card.WithModel(model.Length > 0 ? Path.GetFullPath(model) : throw new UsageException("--model is empty; pass the path of a GGUF file"));
        }
        using var loggers = new MessageLoggerFactory(Host.Messages);
        using var models = new LanguageModelPool(new LanguageModelLoaderOptions { Strict = parsed.GetValue(_strict) });
        using var manager = new DialogManager(card, new DialogManagerOptions { Models = models, Seed = parsed.GetValue(_seed), LoggerFactory = loggers });
        var session = new ChatSession(Host, manager, parsed.GetValue(Host.Json))
        {
            Mood = parsed.GetValue(_mood) ?? 0,
            UserName = parsed.GetValue(_user),
        };
        await manager.PrepareAsync(cancellationToken).ConfigureAwait(false);
        foreach (string reason in models.Models.Select(share => share.Model?.GetModelInfo().FallbackReason).OfType<string>())
        {
            Host.Messages.Error($"the mock answers instead of the model: {Host.Messages.Terms.Translate(reason)}");
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
