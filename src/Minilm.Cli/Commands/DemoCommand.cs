using System.CommandLine;
using System.Globalization;
using Minilm.Cli.Commands.Chat;
using Minilm.Dialog;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.Cards;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm demo</c>: a conversation with a character on the model in the box; without a terminal, a scene.</summary>
internal sealed class DemoCommand : Command, IHasExamples
{
    private const string Everybody = "all";

    private readonly CommandHost _host;
    private readonly Option<string> _character = new("--character") { Description = $"Who speaks: {string.Join(", ", BuiltInCharacters.Names)}, or {Everybody} in turn.", HelpName = "NAME", DefaultValueFactory = _ => BuiltInCharacters.Default };
    private readonly Option<bool> _scene = new("--scene") { Description = "Plays the scene on a terminal, too." };
    private readonly Option<string> _user = new("--user") { Description = "What the character calls you.", HelpName = "NAME" };
    private readonly Option<int> _seed = new Option<int>("--seed") { Description = "The seed of random choices.", HelpName = "N", DefaultValueFactory = _ => 1 }.From(0, int.MaxValue);

    public DemoCommand(CommandHost host)
        : base("demo", "Talks with a character on the model in the box. Without a terminal it plays a scene.")
    {
        _host = host;
        foreach (Option option in (Option[])[_character, _scene, _user, _seed])
        {
            Add(option);
        }
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } = ["demo", "demo --character kazoo --user Sam", "demo --character all --scene --json"];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        BuiltInCharacters.Require();
        string who = parsed.GetRequiredValue(_character);
        IReadOnlyList<string> names = string.Equals(who, Everybody, StringComparison.OrdinalIgnoreCase) ? BuiltInCharacters.Names : [who];
        if (names.Except(BuiltInCharacters.Names, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unknown)
        {
            throw new UsageException($"there is no character '{unknown}'; there are {string.Join(", ", BuiltInCharacters.Names)}, and {Everybody} of them");
        }
        bool json = parsed.GetValue(_host.Json);
        bool isScene = parsed.GetValue(_scene) || json || names.Count > 1 || !_host.Console.IsInteractive;
        using var loggers = new Output.MessageLoggerFactory(_host.Messages);
        using var models = new LanguageModelPool(new LanguageModelLoaderOptions { Strict = true });
        for (int i = 0; i < names.Count; i++)
        {
            CharacterCard card = CharacterCard.Load(BuiltInCharacters.CardOf(names[i]));
            using var manager = new DialogManager(card, new DialogManagerOptions { Models = models, Seed = parsed.GetValue(_seed), LoggerFactory = loggers });
            await manager.PrepareAsync(cancellationToken).ConfigureAwait(false);
            if (i == 0 && !json)
            {
                Introduce(models, manager);
            }
            if (isScene)
            {
                await new DemoScene(_host, manager, parsed.GetValue(_user), json).PlayAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            await new ChatSession(_host, manager, json) { UserName = parsed.GetValue(_user), Mood = DemoScene.Mood }.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        if (isScene && !json)
        {
            _host.Console.Out.WriteLine($"To talk yourself:  minilm chat {names[^1]}   (in a clone: ./build.sh run -- chat {names[^1]})");
            _host.Console.Out.WriteLine($"All characters:    {string.Join(", ", BuiltInCharacters.Names)}");
        }
        return ExitCode.Done;
    }

    private void Introduce(LanguageModelPool models, DialogManager manager)
    {
        ModelInfo? model = models.Models.Select(share => share.Model?.GetModelInfo()).OfType<ModelInfo>().FirstOrDefault();
        if (model is null)
        {
            string? failure = manager.Backends.Select(backend => backend.LastFailure).FirstOrDefault(failure => failure is not null);
            _host.Messages.Error($"the characters speak without their model: {failure ?? "it is not loaded"}");
            return;
        }
        _host.Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Minilm {MinilmRootCommand.Version} on llama.cpp {LlamaRuntime.Versions.Llama}, with {Path.GetFileName(model.Path)} ({model.ParameterCount / 1e6:0.0} million parameters)"));
        _host.Console.Out.WriteLine();
    }
}
