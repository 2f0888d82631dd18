using System.Globalization;
using System.Text;
using Minilm.Cli.Terminal;
using Minilm.Dialog.Integration;
using Spectre.Console;

namespace Minilm.Cli.Output;

/// <summary>Writes verdicts, diffs and their sums: coloured on a terminal, plain elsewhere.</summary>
internal sealed class IntegrationPrinter
{
    private readonly CliConsole _console;
    private readonly IAnsiConsole? _terminal;

    public IntegrationPrinter(CliConsole console)
    {
        _console = console;
        if (console.IsOutInteractive)
        {
            _terminal = console.StyledOut;
            _terminal.Profile.Width = short.MaxValue; // lines are cut by the terminal, not by us: a diff has to stay one
        }
    }

    /// <summary>Writes what became of a file.</summary>
    public void Print(IntegrationResult result)
    {
        Write(Name(result.Verdict).PadRight(19), StyleOf(result.Verdict));
        WriteLine($"{SafeText.OneLine(result.Path)}: {SafeText.OneLine(result.Reason)}{(result.BackupPath is { } backup ? $" (backup: {SafeText.OneLine(Path.GetFileName(backup))})" : "")}", Style.Plain);
        _console.Out.Flush();
    }

    /// <summary>Writes what would change in a file.</summary>
    public void PrintDiff(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Style style = line switch
            {
                ['+', '+', '+', ' ', ..] or ['-', '-', '-', ' ', ..] => new Style(decoration: Decoration.Bold),
                ['+', ..] => new Style(Color.Green),
                ['-', ..] => new Style(Color.Red),
                ['@', ..] => new Style(Color.Teal),
                _ => Style.Plain,
            };
            // A carriage return at the end belongs to the line and does no harm; to a terminal others could.
            WriteLine(_terminal is null ? line : Harmless(line), style);
        }
    }

    /// <summary>Writes how many files there are of each verdict.</summary>
    public void Print(IntegrationSummary summary, bool isDryRun)
    {
        (IntegrationVerdict Verdict, int Count)[] sums =
        [
            (IntegrationVerdict.Integrated, summary.Integrated),
            (IntegrationVerdict.AlreadyIntegrated, summary.AlreadyIntegrated),
            (IntegrationVerdict.NotACard, summary.NotACard),
            (IntegrationVerdict.Failed, summary.Failed),
        ];
        _console.Out.WriteLine();
        if (_terminal is null)
        {
            foreach ((IntegrationVerdict verdict, int count) in sums)
            {
                _console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Name(verdict),-19}{count,5}"));
            }
        }
        else
        {
            Table table = new Table().AddColumn("Verdict").AddColumn("Files", column => column.RightAligned());
            foreach ((IntegrationVerdict verdict, int count) in sums)
            {
                table.AddRow(new Text(Name(verdict), count > 0 ? StyleOf(verdict) : Style.Plain), new Text(count.ToString(CultureInfo.InvariantCulture)));
            }
            _terminal.Write(table);
        }
        if (isDryRun)
        {
            _console.Out.WriteLine("Nothing was written: --dry-run.");
        }
    }

    private static string Name(IntegrationVerdict verdict) => verdict switch
    {
        IntegrationVerdict.AlreadyIntegrated => "already integrated",
        IntegrationVerdict.NotACard => "not a card",
        IntegrationVerdict.Integrated => "integrated",
        _ => "failed",
    };

    private static Style StyleOf(IntegrationVerdict verdict) => verdict switch
    {
        IntegrationVerdict.Integrated => new Style(Color.Green),
        IntegrationVerdict.Failed => new Style(Color.Red),
        _ => new Style(decoration: Decoration.Dim),
    };

    private static string Harmless(string line)
    {
        using StringWriter text = new(new StringBuilder(line.Length), CultureInfo.InvariantCulture);
        SafeText.Write(text, line.TrimEnd('\r'));
        return text.ToString();
    }

    private void Write(string text, Style style)
    {
        if (_terminal is null)
        {
            _console.Out.Write(text);
        }
        else
        {
            _terminal.Write(text, style);
        }
    }

    private void WriteLine(string text, Style style)
    {
        Write(text, style);
        _console.Out.WriteLine();
    }
}
