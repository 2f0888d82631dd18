using System.CommandLine;
using System.CommandLine.Invocation;
using System.ComponentModel.DataAnnotations;
using Minilm.Cli.Commands;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;
using Minilm.Gguf;

namespace Minilm.Cli;

/// <summary>Runs one command line. Keeps nothing between runs, so that a process may run many.</summary>
internal static class CliApp
{
    /// <summary>Parses and runs a command line.</summary>
    /// <param name="args">The arguments without the name of the program.</param>
    /// <param name="console">Where it reads and writes. Not disposed.</param>
    /// <param name="cancellationToken">Stops the run, also in the middle of a prompt; what there is gets printed.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CliConsole console, CancellationToken cancellationToken = default)
    {
        MessagePrinter messages = new(console);
        // A prompt may start with '@' or be a dash and letters; neither is ours to expand.
        ParserConfiguration parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        ParseResult parsed = MinilmRootCommand.Create(console, messages).Parse(args, parser);
        messages.Terms = MinilmRootCommand.TermsOf(parsed);
        try
        {
            if (parsed.Action is ParseErrorAction)
            {
                throw new UsageException(string.Join("; ", parsed.Errors.Select(error => TrimEnd(error.Message)).Distinct(StringComparer.Ordinal)));
            }
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = console.Out,
                    Error = console.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null, // Program listens to the signals
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            messages.Error("interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is UsageException or ArgumentException or ValidationException)
        {
            messages.Error($"{TrimEnd(messages.Terms.Describe(e))}. See '{CommandPath(parsed)} --help'");
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is MinilmException or GgufException or TimeoutException or IOException or UnauthorizedAccessException or NotSupportedException or OutOfMemoryException)
        {
            messages.Error(messages.Terms.Describe(e));
            return ExitCode.Failed;
        }
        finally
        {
            await console.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static string TrimEnd(string message) => message.TrimEnd('.', ' ');

    private static string CommandPath(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? MinilmRootCommand.Name : $"{MinilmRootCommand.Name} {parsed.CommandResult.Command.Name}";
}
