using Minilm.Cli.Commands;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Tests.Cli;

/// <summary>The commands of the program, as they are declared.</summary>
internal static class CliCommands
{
    public static IReadOnlyList<CliCommand> All()
    {
        using CliConsole console = new() { Out = TextWriter.Null, Error = TextWriter.Null, In = Stream.Null };
        return [.. MinilmRootCommand.Create(console, new MessagePrinter(console)).Subcommands.Cast<CliCommand>()];
    }
}
