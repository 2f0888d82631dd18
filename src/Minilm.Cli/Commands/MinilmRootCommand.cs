using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using Minilm.Cli.Commands.Chat;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary>Builds the tree of commands.</summary>
internal static class MinilmRootCommand
{
    public const string Name = "minilm";

    /// <summary>Gets the version of this program, without the commit it was built from.</summary>
    public static string Version { get; } =
        typeof(MinilmRootCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static RootCommand Create(CliConsole console, MessagePrinter messages)
    {
        CommandHost host = new(console, messages);
        RootCommand root = new("Run language models on this machine with llama.cpp.")
        {
            host.Json,
            new ChatCommand(host),
            new CompleteCommand(host),
            new InfoCommand(host),
            new TokenizeCommand(host),
            new BenchCommand(host),
            new PerplexityCommand(host),
            new IntegrateCommand(host),
            new DemoCommand(host),
            new QuantizeCommand(host),
            new EmbedCommand(host),
        };
        root.HelpName = Name;
        root.Directives.Clear();
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
        root.Options.OfType<HelpOption>().Single().Action = new HelpWithExamples();
        root.SetAction(int (_) => throw new UsageException("no command given"));
        return root;
    }

    /// <summary>Gets what a user of a command calls the names of the API.</summary>
    public static ApiTerms TermsOf(ParseResult parsed) => parsed.CommandResult.Command is CliCommand command
        ? command.TermsAmong(parsed.RootCommandResult.Command.Subcommands.OfType<CliCommand>())
        : ApiTerms.None;

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Version);
            return ExitCode.Done;
        }
    }
}
