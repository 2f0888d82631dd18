using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Minilm.Cli.Commands;

/// <summary>The help that System.CommandLine writes, followed by examples and, for the program as a whole, the exit codes.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int result = _help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        Command command = parseResult.CommandResult.Command;
        IEnumerable<string> examples = command is CliCommand own
            ? own.Examples
            : command.Subcommands.OfType<CliCommand>().Select(subcommand => subcommand.Examples[0]);
        output.WriteLine("Examples:");
        foreach (string example in examples)
        {
            output.WriteLine($"  {MinilmRootCommand.Name} {example}");
        }
        output.WriteLine();
        if (command is RootCommand)
        {
            output.WriteLine("Exit codes:");
            output.WriteLine("  0 success, 1 failure, 2 usage error or (integrate) a file failed, 3 timed out with a partial result, 130 interrupted");
            output.WriteLine();
        }
        return result;
    }
}
