using Minilm.Cli.Terminal;
using Spectre.Console;

namespace Minilm.Cli.Output;

/// <summary>Writes to standard error what is not a result: styled on a terminal, plain elsewhere.</summary>
internal sealed class MessagePrinter(CliConsole console)
{
    /// <summary>Gets or sets what the running command calls the names of the API.</summary>
    public ApiTerms Terms { get; set; } = ApiTerms.None;

    /// <summary>Writes one line that says what went wrong, where, and what to do.</summary>
    public void Error(string message)
    {
        string line = SafeText.OneLine(message);
        if (console.IsErrorInteractive)
        {
            console.StyledError.MarkupLineInterpolated($"[red]minilm:[/] {line}");
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
            console.StyledError.MarkupLineInterpolated($"[dim]{SafeText.OneLine(message)}[/]");
        }
    }

    /// <summary>Runs a piece of work behind a progress bar, which is seen on a terminal only and disappears when it is full.</summary>
    /// <param name="what">What is done, such as "Loading".</param>
    /// <param name="work">The work; it reports from 0 to 1, and gets null where nobody looks.</param>
    public async Task<T> ShowProgressAsync<T>(string what, Func<IProgress<float>?, Task<T>> work) =>
        console.IsErrorInteractive
            ? await console.StyledError.Progress()
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
