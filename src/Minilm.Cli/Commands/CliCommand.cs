using System.CommandLine;
using System.CommandLine.Parsing;
using Minilm.Cli.Output;

namespace Minilm.Cli.Commands;

/// <summary>A command of the program: what it shares with the others, examples for its help, and what it calls the API's options.</summary>
internal abstract class CliCommand : Command
{
    protected CliCommand(string name, string description, CommandHost host)
        : base(name, description)
    {
        Host = host;
        SetAction(RunAsync);
        Validators.Add(RefuseUnknownOptions);
    }

    /// <summary>Gets command lines to try, without the name of the program.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Gets the type of the API that does the command's work, where messages send a host to it; null where none does.</summary>
    public virtual string? ApiType => null;

    protected CommandHost Host { get; }

    /// <summary>Gets what a user of this command calls the names of the API.</summary>
    /// <param name="others">All commands, which may stand for types.</param>
    public ApiTerms TermsAmong(IEnumerable<CliCommand> others)
    {
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach (CliCommand command in others.Where(command => command.ApiType is not null))
        {
            names[command.ApiType!] = $"'{MinilmRootCommand.Name} {command.Name}'";
        }
        foreach (ICliOption option in Options.OfType<ICliOption>().Where(option => option.Member is not null))
        {
            names[option.Member!] = option.Name;
        }
        return new ApiTerms(names);
    }

    /// <summary>Runs the command.</summary>
    /// <returns>One of <see cref="Terminal.ExitCode"/>.</returns>
    protected abstract Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken);

    protected void AddOptions(params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            Add(option);
        }
    }

    /// <summary>Refuses command lines that have both options.</summary>
    /// <param name="reason">Why both make no sense, where that is not plain.</param>
    protected void Exclude(Option first, Option second, string? reason = null) => Validators.Add(result =>
    {
        if (result.GetResult(first) is { Implicit: false } && result.GetResult(second) is { Implicit: false })
        {
            result.AddError($"{first.Name} and {second.Name} are mutually exclusive: {reason ?? "pass only one of them"}");
        }
    });

    /// <summary>Requires exactly one of two options.</summary>
    protected void RequireOneOf(Option first, Option second)
    {
        Exclude(first, second);
        Validators.Add(result =>
        {
            if (result.GetResult(first) is not { Implicit: false } && result.GetResult(second) is not { Implicit: false })
            {
                result.AddError($"no input: pass {first.Name} or {second.Name}");
            }
        });
    }

    // The parser takes an option that it does not know for an argument where one is still missing. A file whose name begins like that is ./-name.
    private static void RefuseUnknownOptions(CommandResult result)
    {
        foreach (Token token in result.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Where(token => token.Value is ['-', _, ..]))
        {
            result.AddError($"unknown option '{token.Value}'");
        }
    }
}
