using System.CommandLine;
using System.Globalization;
using Minilm.Cli.Commands.Chat;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;
using Minilm.Dialog;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.Cards;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm demo</c>: a conversation with a built-in character; without a terminal, a scene.</summary>
internal sealed class DemoCommand : CliCommand
{
    private const string Everybody = "all";
    private const int DefaultSeed = 1;

    private readonly CliOption<string> _character = new("--character", "NAME", $"Who speaks: {string.Join(", ", BuiltInCharacters.Names)}, or {Everybody} in turn.", BuiltInCharacters.Default);
    private readonly CliOption<bool> _scene = new("--scene", null, "Play the scene even on a terminal.");
    private readonly CliOption<string> _user = new("--user", "NAME", "What the character calls you.");
    private readonly NumberOption<int> _seed = new("--seed", 0, int.MaxValue, "Random seed.", $"{DefaultSeed}");

    public DemoCommand(CommandHost host)
        : base("demo", "Talk with a built-in character on its own small model. Without a terminal, play a scene.", host) =>
        AddOptions(_character, _scene, _user, _seed);

    public override IReadOnlyList<string> Examples { get; } = ["demo", "demo --character kazoo --user Sam", "demo --character all --scene --json"];

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        BuiltInCharacters.Require();
        string who = parsed.GetValue(_character) ?? BuiltInCharacters.Default;
        IReadOnlyList<string> names = string.Equals(who, Everybody, StringComparison.OrdinalIgnoreCase) ? BuiltInCharacters.Names : [who];
        if (names.Except(BuiltInCharacters.Names, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unknown)
        {
            throw new UsageException($"there is no character '{unknown}'; pass one of {string.Join(", ", BuiltInCharacters.Names)}, or {Everybody}");
        }
        bool json = parsed.GetValue(Host.Json);
        bool isScene = parsed.GetValue(_scene) || json || names.Count > 1 || !Host.Console.IsInteractive;
        using var loggers = new MessageLoggerFactory(Host.Messages);
        using var models = new LanguageModelPool(new LanguageModelLoaderOptions { Strict = true });
        for (int i = 0; i < names.Count; i++)
        {
            CharacterCard card = CharacterCard.Load(BuiltInCharacters.CardOf(names[i]));
            using var manager = new DialogManager(card, new DialogManagerOptions { Models = models, Seed = parsed.GetValue(_seed) ?? DefaultSeed, LoggerFactory = loggers });
            await manager.PrepareAsync(cancellationToken).ConfigureAwait(false);
            if (i == 0 && !json)
            {
                Introduce(models, manager);
            }
            if (isScene)
            {
                await new DemoScene(Host, manager, parsed.GetValue(_user), json).PlayAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }
            await new ChatSession(Host, manager, json) { UserName = parsed.GetValue(_user), Mood = DemoScene.Mood }.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        if (isScene && !json)
        {
            Host.Console.Out.WriteLine($"Talk yourself:   minilm chat {names[^1]}   (in a clone: ./build.sh run -- chat {names[^1]})");
            Host.Console.Out.WriteLine($"All characters:  {string.Join(", ", BuiltInCharacters.Names)}");
        }
        return ExitCode.Done;
    }

    private void Introduce(LanguageModelPool models, DialogManager manager)
    {
        ModelInfo? model = models.Models.Select(share => share.Model?.GetModelInfo()).OfType<ModelInfo>().FirstOrDefault();
        if (model is null)
        {
            string? failure = manager.Backends.Select(backend => backend.LastFailure).FirstOrDefault(failure => failure is not null);
            Host.Messages.Error($"the characters speak without their model: {Host.Messages.Terms.Translate(failure ?? "it is not loaded")}");
            return;
        }
        Host.Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Minilm {MinilmRootCommand.Version} on llama.cpp {LlamaRuntime.Versions.Llama}, with {Path.GetFileName(model.Path)} ({model.ParameterCount / 1e6:0.0} million parameters)"));
        Host.Console.Out.WriteLine();
    }
}
