using System.CommandLine;
using Minilm.Cli.Output;
using Minilm.Dialog.Integration;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm integrate</c>: gives character cards the backend <c>llm</c>.</summary>
internal sealed class IntegrateCommand : Command, IHasExamples
{
    private readonly CommandHost _host;
    private readonly Argument<string> _path = new("PATH") { Description = "A character card, or a folder: its characters or assets/characters where there is one, else all of it, with subfolders." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Show what would change as a unified diff, and write nothing." };
    private readonly Option<bool> _noBackup = new("--no-backup") { Description = "Keep no old bytes. Without it they go to FILE.bak; if that exists with other bytes, to FILE.bak.2 and so on." };
    private readonly Option<bool> _activate = new("--activate") { Description = "Let the model answer first: replaces defaultBackend by llm, and puts the old one first into fallbackChain. No other value is ever replaced." };
    private readonly Option<string> _match = new Option<string>("--match") { Description = "Which files of a folder: all *.json, or only the suffix character.json.", DefaultValueFactory = _ => "all" }.AcceptOnlyFromAmong("suffix", "all");
    private readonly Option<string> _model = new("--model") { Description = $"The GGUF file that the cards name, each relative to its own folder; a card that names one keeps it. Default: {CardIntegratorOptions.DefaultModelPath}, as it is.", HelpName = "FILE" };

    public IntegrateCommand(CommandHost host)
        : base("integrate", "Adds the llm backend to character cards. Only inserts text: all bytes of a card stay. Exit code 2 when a file failed; the others are done all the same.")
    {
        _host = host;
        Add(_path);
        foreach (Option option in (Option[])[_dryRun, _noBackup, _activate, _match, _model])
        {
            Add(option);
        }
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "integrate assets --dry-run",
        "integrate assets --model models/model.gguf --activate",
        "integrate assets/characters/default/character.json --no-backup --json",
    ];

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken) => Task.FromResult(Run(parsed, cancellationToken));

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        bool json = parsed.GetValue(_host.Json);
        bool dryRun = parsed.GetValue(_dryRun);
        string path = parsed.GetRequiredValue(_path);
        if (path.Length == 0)
        {
            throw new UsageException("PATH is empty; give a character card, or a folder that has some");
        }
        CardMatch match = Enum.Parse<CardMatch>(parsed.GetRequiredValue(_match), ignoreCase: true);
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
            _host.Messages.Error($"there is no model file '{model}' yet; the cards name it all the same");
        }

        IntegrationPrinter printer = new(_host.Console);
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
            _host.Messages.Error("interrupted between two files: those that are listed are done; run it again for the others");
        }

        if (files.Count == 0 && !isInterrupted)
        {
            _host.Messages.Error($"nothing in '{path}' ends in {(match == CardMatch.Suffix ? "character.json; --match all takes all *.json" : ".json; give a character card, or a folder that has some")}");
        }
        IntegrationSummary summary = new(files);
        if (json)
        {
            _host.WriteJson(summary, CliJson.Default.IntegrationSummary);
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
