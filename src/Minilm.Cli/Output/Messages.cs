using Spectre.Console;

namespace Minilm.Cli.Output;

/// <summary>Writes to standard error what is not a result: styled on a terminal, plain elsewhere.</summary>
internal sealed class Messages(CliConsole console)
{
    private readonly Lazy<IAnsiConsole> _terminal = new(() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(console.Error),
        Interactive = InteractionSupport.Yes,
    }));

    /// <summary>Writes one line that says what went wrong, where, and what to do.</summary>
    public void Error(string message)
    {
        string line = SafeText.OneLine(message);
        if (console.IsErrorInteractive)
        {
            _terminal.Value.MarkupLineInterpolated($"[red]minilm:[/] {line}");
        }
        else
        {
            console.Error.WriteLine($"minilm: {line}");
        }
        console.Error.Flush();
    }

    /// <summary>Writes a line that only a person at a terminal wants to see.</summary>
    public void Aside(string message)
    {
        if (console.IsErrorInteractive)
        {
            _terminal.Value.MarkupLineInterpolated($"[dim]{SafeText.OneLine(message)}[/]");
        }
    }

    /// <summary>Loads a model behind a progress bar, which is seen on a terminal only and disappears when it is full.</summary>
    public async Task LoadAsync(ILanguageModel model, CancellationToken cancellationToken)
    {
        if (!console.IsErrorInteractive)
        {
            await model.InitializeAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return;
        }
        await _terminal.Value.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async progress =>
            {
                ProgressTask loading = progress.AddTask("Loading", maxValue: 1);
                await model.InitializeAsync(new ProgressToTask(loading), cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    /// <summary>Shows how far a work is on a terminal; elsewhere just runs it.</summary>
    public async Task<T> ShowProgressAsync<T>(string what, Func<IProgress<float>?, Task<T>> work) =>
        console.IsErrorInteractive
            ? await _terminal.Value.Progress()
                .AutoClear(true)
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
                .StartAsync(progress => work(new ProgressToTask(progress.AddTask(what, maxValue: 1)))).ConfigureAwait(false)
            : await work(null).ConfigureAwait(false);

    // Progress<T> would post each report to the pool, and the last ones after the bar is gone.
    private sealed class ProgressToTask(ProgressTask task) : IProgress<float>
    {
        public void Report(float value) => task.Value = value;
    }
}
