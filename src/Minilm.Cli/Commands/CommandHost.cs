using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary>What every command shares: the streams, the messages and <c>--json</c>.</summary>
internal sealed class CommandHost(CliConsole console, MessagePrinter messages)
{
    public CliConsole Console { get; } = console;

    public MessagePrinter Messages { get; } = messages;

    public Option<bool> Json { get; } = new CliOption<bool>("--json", null, "Print results as JSON, one object per line. Messages still go to standard error.")
    {
        Recursive = true,
    };

    public void WriteJson<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteLine(CliJson.Serialize(value, type));

    /// <summary>Loads a model behind a progress bar.</summary>
    public Task LoadAsync(ILanguageModel model, CancellationToken cancellationToken) => Messages.ShowProgressAsync("Loading", async progress =>
    {
        await model.InitializeAsync(progress, cancellationToken).ConfigureAwait(false);
        return model;
    });
}
