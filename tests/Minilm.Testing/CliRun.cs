using System.Text;
using System.Text.Json;
using Minilm.Cli;
using Minilm.Cli.Terminal;

namespace Minilm.Testing;

/// <summary>One run of the command line in this process, seen from outside: streams and exit code.</summary>
public sealed record CliRun(int ExitCode, string Out, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public static Task<CliRun> OfAsync(params string[] args) => OfAsync(args, stdin: []);

    public static async Task<CliRun> OfAsync(
        string[] args,
        byte[]? stdin = null,
        bool onTerminal = false,
        Action? onOutput = null,
        CancellationToken cancellationToken = default)
    {
        using ObservedWriter output = new(onOutput);
        using StringWriter error = new();
        using CliConsole console = new()
        {
            Out = output,
            Error = error,
            In = new MemoryStream(stdin ?? []),
            IsOutInteractive = onTerminal,
            IsErrorInteractive = onTerminal,
            IsInInteractive = onTerminal,
        };
        int exitCode = await CliApp.RunAsync(args, console, cancellationToken);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Tells when text is flushed, which is when a reader at the other end of a pipe sees it.</summary>
    private sealed class ObservedWriter(Action? onFlush) : StringWriter(new StringBuilder())
    {
        public override void Flush() => onFlush?.Invoke();
    }
}
