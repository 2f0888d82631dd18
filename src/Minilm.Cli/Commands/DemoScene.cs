using System.Globalization;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;
using Minilm.Dialog;

namespace Minilm.Cli.Commands;

/// <summary>A short scene: everything that can happen to a character happens once, and it is asked two questions.</summary>
internal sealed class DemoScene(CommandHost host, DialogManager manager, string? userName, bool json)
{
    /// <summary>The mood of the demo's characters: happy.</summary>
    public const double Mood = 70;

    private const string NamedUser = "Ada";

    // Not that of the clock: the same seed plays the same scene at any hour.
    private const string TimeOfDay = "evening";

    private const int MinLabelWidth = 12;

    private static readonly string[] Questions = ["How are you today?", "Can you tell me a story?"];

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        if (!json)
        {
            host.Console.Out.WriteLine($"{SafeText.OneLine(manager.Card.Name)}: {SafeText.OneLine(manager.Card.Description)}");
            host.Console.Out.WriteLine();
        }
        foreach (string trigger in DialogTriggers.All)
        {
            await TakeAsync(trigger, question: null, cancellationToken).ConfigureAwait(false);
            foreach (string question in trigger == DialogTriggers.Talk ? Questions : [])
            {
                await TakeAsync(trigger, question, cancellationToken).ConfigureAwait(false);
            }
        }
        if (!json)
        {
            host.Console.Out.WriteLine();
        }
    }

    private async Task TakeAsync(string trigger, string? question, CancellationToken cancellationToken)
    {
        var context = new DialogContext { Trigger = trigger, UserText = question, UserName = userName ?? NamedUser, Mood = Mood, TimeOfDay = TimeOfDay };
        DialogResponse response = await manager.RespondAsync(context, onText: null, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            host.WriteJson(ChatResult.From(response), CliJson.Default.ChatResult);
            return;
        }
        if (question is not null)
        {
            Write(context.UserName, question);
        }
        Write(question is null ? $"({trigger})" : manager.Card.Name, response.Text);
        string speed = response.Completion?.Usage.TokensPerSecond is > 0 and double tokens ? string.Create(CultureInfo.InvariantCulture, $", {tokens:N0} tokens/s") : "";
        Write("", string.Create(CultureInfo.InvariantCulture, $"{response.Animation}, {response.Tone}, {response.Elapsed.TotalMilliseconds:0} ms{speed}"));
        await host.Console.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Write(string label, string text) => host.Console.Out.WriteLine($"  {SafeText.OneLine(label).PadRight(Math.Max(MinLabelWidth, manager.Card.Name.Length))} {SafeText.OneLine(text)}");
}
