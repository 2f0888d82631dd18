using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Minilm.Cli.Output;

namespace Minilm.Cli.Commands;

/// <summary>What every command shares: the streams, the messages and <c>--json</c>.</summary>
internal sealed class CommandHost(CliConsole console, Messages messages)
{
    public CliConsole Console { get; } = console;

    public Messages Messages { get; } = messages;

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON object, when the work is done. Messages still go to standard error.",
        Recursive = true,
    };

    public void WriteJson<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteLine(CliJson.Serialize(value, type));
}
