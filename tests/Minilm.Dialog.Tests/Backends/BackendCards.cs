using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Cards;
using Minilm.Dialog.History;

namespace Minilm.Tests.Dialog.Backends;

/// <summary>A character and requests for the backends that need no model.</summary>
internal static class BackendCards
{
    public static readonly string[] Lines =
    [
        "The kettle sings and the morning is ours.",
        "I saved you the warm seat by the window.",
        "The rain sounds like a song on the roof.",
        "Every cup of tea is a small holiday.",
        "I counted nine clouds on the way to the window.",
        "The garden is quiet and the cat is asleep.",
        "A slow morning is the best kind of morning.",
        "I like the rain when you sit by the fire.",
        "Your scarf smells like the garden after rain.",
        "A song on the radio made me think of you.",
        "The cat stole my seat by the fire.",
        "I keep a small book of every kind word.",
    ];

    public static CharacterCard Card(bool learns = false, IReadOnlyDictionary<string, double>? traits = null, params CardDialog[] dialogs) => new()
    {
        Name = "Tilda",
        Animations = new Dictionary<string, string> { ["talking"] = "talking.gif", ["happy"] = "happy.gif" },
        Dialogs = dialogs,
        Personality = traits is null ? null : new CardPersonality { Traits = traits },
        DialogBackend = new DialogBackendConfig { Enabled = true, LearningEnabled = learns },
    };

    public static CardDialog Dialog(string trigger, string? animation, params string[] lines) => new() { Trigger = trigger, Animation = animation, Responses = lines };

    public static DialogRequest Request(string trigger = DialogTriggers.Click, string? userText = null, string conversation = "default", params string[] replies) => new()
    {
        Context = new DialogContext { Trigger = trigger, UserText = userText, ConversationId = conversation },
        History = [.. replies.Select(reply => Exchange(reply))],
    };

    public static DialogExchange Exchange(string reply, string trigger = DialogTriggers.Click) =>
        new() { Trigger = trigger, Reply = reply, Backend = "markov_chain", At = DateTimeOffset.UnixEpoch };

    public static async Task<List<DialogResponse>> Ask(this IDialogBackend backend, int times, DialogRequest? request = null)
    {
        List<DialogResponse> responses = [];
        for (int i = 0; i < times; i++)
        {
            responses.Add(await backend.RespondAsync(request ?? Request(), CancellationToken.None));
        }

        return responses;
    }

    public static async Task<List<string>> Texts(this IDialogBackend backend, int times, DialogRequest? request = null) =>
        [.. (await backend.Ask(times, request)).Select(response => response.Text)];
}
