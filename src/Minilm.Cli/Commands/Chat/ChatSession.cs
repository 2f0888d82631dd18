using System.Globalization;
using System.Text;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;
using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Text;
using Spectre.Console;

namespace Minilm.Cli.Commands.Chat;

/// <summary>A conversation in the terminal, or through pipes.</summary>
internal sealed class ChatSession(CommandHost host, DialogManager manager, bool json)
{
    private const string Help = "Type a message, or: /trigger NAME, /mood 0-100, /stats, /help, /quit";

    public double Mood { get; set; }

    public string? UserName { get; init; }

    private bool OnTerminal => host.Console.IsOutInteractive && !json;

    /// <summary>Reads lines until there are no more, or until one says /quit.</summary>
    public async Task<int> ReadAsync(CancellationToken cancellationToken)
    {
        using StreamReader input = new(host.Console.In, Encoding.UTF8, leaveOpen: true);
        if (OnTerminal)
        {
            host.Console.StyledOut.MarkupLineInterpolated($"[bold]{SafeText.OneLine(manager.Card.Name)}[/]: {SafeText.OneLine(manager.Card.Description)}");
            host.Console.StyledOut.MarkupLineInterpolated($"[dim]{Help}[/]");
        }
        while (true)
        {
            if (OnTerminal)
            {
                host.Console.StyledOut.Markup("[dim]>[/] ");
            }
            await host.Console.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            // The console's read cannot be cancelled; the wait for it can.
            string? line = await input.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            if (line is null || line.Trim() is "/quit" or "/exit")
            {
                return ExitCode.Done;
            }
            if (!string.IsNullOrWhiteSpace(line))
            {
                await ObeyAsync(line.Trim(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes one turn and shows the reply.</summary>
    public async Task TakeAsync(ChatTurn turn, CancellationToken cancellationToken)
    {
        DialogContext context = new() { Trigger = turn.Trigger, UserText = turn.Text, Mood = Mood, UserName = UserName };
        ReplyPrinter? printer = null;
        if (OnTerminal)
        {
            host.Console.StyledOut.MarkupInterpolated($"[bold]{SafeText.OneLine(manager.Card.Name)}:[/] ");
            await host.Console.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            printer = new ReplyPrinter(host.Console.Out, new ReplyCleaning { CharacterName = manager.Card.Name, UserName = UserName });
        }
        DialogResponse response = await manager.RespondAsync(context, printer is null ? null : printer.Add, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            host.WriteJson(ChatResult.From(response), CliJson.Default.ChatResult);
        }
        else if (printer is not null)
        {
            printer.Finish(response.Text);
            host.Console.StyledOut.MarkupLineInterpolated($"[dim]{Describe(response)}[/]");
        }
        else
        {
            host.Console.Out.WriteLine(SafeText.OneLine(response.Text));
        }
        await host.Console.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ObeyAsync(string line, CancellationToken cancellationToken)
    {
        string[] words = line.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string argument = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "/trigger" when argument.Length > 0:
                await TakeAsync(new ChatTurn(argument, null), cancellationToken).ConfigureAwait(false);
                break;
            case "/mood" when double.TryParse(argument, NumberStyles.Float, CultureInfo.InvariantCulture, out double mood) && mood is >= 0 and <= 100:
                Mood = mood;
                break;
            case "/stats":
                ShowStats();
                break;
            case "/help" when json:
                host.Messages.Error(Help); // standard output is one object per line
                break;
            case "/help":
                host.Console.Out.WriteLine(Help);
                break;
            case "/mood":
                host.Messages.Error($"/mood needs a number from 0 to 100, not '{argument}'");
                break;
            case "/trigger":
                host.Messages.Error($"/trigger needs a name, such as {DialogTriggers.Feed}");
                break;
            case ['/', ..]:
                host.Messages.Error($"there is no command {words[0]}. {Help}");
                break;
            default:
                await TakeAsync(ChatTurn.Say(line), cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private void ShowStats()
    {
        if (json)
        {
            host.WriteJson(ChatStats.From(manager.Backends), CliJson.Default.ChatStats);
            return;
        }
        foreach (BackendStatus status in manager.Backends)
        {
            string service = status.OutUntil is { } until ? string.Create(CultureInfo.InvariantCulture, $"out of service until {until.LocalDateTime:HH:mm:ss}") : "in service";
            string failure = status.LastFailure is { } last ? $", last failure: {SafeText.OneLine(last)}" : "";
            host.Console.Out.WriteLine($"{status.Name}: {service}, answered {status.Answered}, failed {status.Failed}{failure}");
        }
    }

    private static string Describe(DialogResponse response)
    {
        string model = response.ModelBackend is { } backend ? $" ({backend})" : "";
        string speed = response.ModelBackend != ModelInfo.BackendMock && response.Completion?.Usage.TokensPerSecond is > 0 and double tokens ? string.Create(CultureInfo.InvariantCulture, $", {tokens:0} tokens/s") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{response.Backend}{model}, animation {SafeText.OneLine(response.Animation)}, {response.Tone}, {response.Type}, {response.Elapsed.TotalMilliseconds:0} ms{speed}");
    }
}
