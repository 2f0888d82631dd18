using System.CommandLine;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;
using Minilm.Dialog.Integration;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm integrate</c>: gives character cards the backend <c>llm</c>.</summary>
internal sealed class IntegrateCommand : CliCommand
{
    private const string DefaultMatch = "all";

    private readonly Argument<string> _path = new("PATH") { Description = "A character card, or a folder. Of a folder, characters or assets/characters is searched where it exists, else all of it, with subfolders." };
    private readonly CliOption<bool> _dryRun = new("--dry-run", null, "Print the changes as a unified diff, and write nothing.");
    private readonly CliOption<bool> _noBackup = new("--no-backup", null, "Keep no backups. Otherwise a card is copied to FILE.bak first, or to FILE.bak.2 and so on if another version is there.");
    private readonly CliOption<bool> _activate = new("--activate", null, "Let the model answer first: defaultBackend becomes llm, and the old one moves to the front of fallbackChain. No other value is ever replaced.");
    private readonly CliOption<string> _match = new("--match", "all|suffix", "Which files of a folder: all *.json, or only those whose name ends in character.json.", DefaultMatch);
    private readonly CliOption<string> _model = new("--model", "FILE", "The GGUF file that cards refer to, written relative to each card's folder. A card that has one keeps it.", $"{CardIntegratorOptions.DefaultModelPath}, as it is");

    public IntegrateCommand(CommandHost host)
        : base("integrate", "Add the llm backend to character cards. Text is only inserted: everything in a card stays. Exit code 2 if a file failed; the others are processed anyway.", host)
    {
        Add(_path);
        _match.AcceptOnlyFromAmong("all", "suffix");
        AddOptions(_dryRun, _noBackup, _activate, _match, _model);
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "integrate assets --dry-run",
        "integrate assets --model models/model.gguf --activate",
        "integrate assets/characters/default/character.json --no-backup --json",
    ];

    protected override Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken) => Task.FromResult(Run(parsed, cancellationToken));

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool json = parsed.GetValue(Host.Json);
        bool dryRun = parsed.GetValue(_dryRun);
        string path = parsed.GetRequiredValue(_path);
        if (path.Length == 0)
        {
            throw new UsageException("PATH is empty; pass a character card or a folder that has some");
        }
        CardMatch match = Enum.Parse<CardMatch>(parsed.GetValue(_match) ?? DefaultMatch, ignoreCase: true);
        string? model = parsed.GetValue(_model);
        CardFileIntegrator integrator = new(new CardFileIntegratorOptions
        {
            Match = match,
            DryRun = dryRun,
            Backup = !parsed.GetValue(_noBackup),
            Activate = parsed.GetValue(_activate),
            ModelFile = model,
        });
        if (model is not null && !File.Exists(model))
        {
            Host.Messages.Error($"there is no model file '{model}' yet; the cards refer to it anyway");
        }

        IntegrationPrinter printer = new(Host.Console);
        List<IntegratedFile> files = [];
        bool isInterrupted = false;
        try
        {
            foreach (IntegrationResult result in Enumerate(integrator, path, cancellationToken))
            {
                string[]? diff = dryRun && result.Plan is { Edits.Count: > 0 } plan ? [.. UnifiedDiff.Of(result.Path, plan)] : null;
                files.Add(new IntegratedFile(result.Path, result.Verdict, result.Reason, result.BackupPath, diff is null ? null : string.Join('\n', diff) + "\n"));
                if (!json)
                {
                    printer.Print(result);
                    printer.PrintDiff(diff ?? []);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            isInterrupted = true;
            Host.Messages.Error("interrupted between two files: those listed are done; run it again for the rest");
        }

        if (files.Count == 0 && !isInterrupted)
        {
            Host.Messages.Error($"no file in '{path}' ends in {(match == CardMatch.Suffix ? "character.json; pass --match all for all *.json" : ".json; pass a character card or a folder that has some")}");
        }
        IntegrationSummary summary = new(files);
        if (json)
        {
            Host.WriteJson(summary, CliJson.Default.IntegrationSummary);
        }
        else
        {
            printer.Print(summary, dryRun);
        }
        return isInterrupted ? ExitCode.Interrupted : summary.Failed > 0 ? ExitCode.SomeFailed : ExitCode.Done;
    }

    private static IEnumerable<IntegrationResult> Enumerate(CardFileIntegrator integrator, string path, CancellationToken cancellationToken)
    {
        try
        {
            return integrator.Integrate(path, cancellationToken);
        }
        catch (FileNotFoundException e)
        {
            throw new UsageException(e.Message);
        }
    }
}
