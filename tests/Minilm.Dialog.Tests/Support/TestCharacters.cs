using System.Text.Json;
using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Support;

/// <summary>Characters for tests, and managers for them.</summary>
internal static class TestCharacters
{
    public static readonly DialogContext Hello = new() { Trigger = DialogTriggers.Talk, UserText = "hello" };

    /// <summary>Makes a character with lines for click, and backends as given.</summary>
    public static CharacterCard Card(DialogBackendConfig? backends = null, IReadOnlyDictionary<string, double>? traits = null) => new()
    {
        Name = "Tilda",
        Description = "keeps a lighthouse",
        Animations = new Dictionary<string, string> { ["idle"] = "idle.gif", ["talking"] = "talking.gif", ["happy"] = "happy.gif" },
        Dialogs = [new CardDialog { Trigger = "click", Responses = ["The lamp is lit.", "Mind the stairs."], Animation = "happy" }],
        Personality = traits is null ? null : new CardPersonality { Traits = traits },
        DialogBackend = backends,
    };

    public static DialogBackendConfig Chain(string first, string[]? then = null, double threshold = 0.5, int timeout = 1000, bool memory = true, bool learning = false, string settings = "{}") => new()
    {
        Enabled = true,
        DefaultBackend = first,
        FallbackChain = then ?? [],
        ConfidenceThreshold = threshold,
        ResponseTimeout = timeout,
        MemoryEnabled = memory,
        LearningEnabled = learning,
        Backends = JsonDocument.Parse(settings).RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value),
    };

    public static DialogBackendRegistry Registry(params (string Name, IDialogBackend Backend)[] backends)
    {
        var registry = new DialogBackendRegistry();
        foreach ((string name, IDialogBackend backend) in backends)
        {
            registry.Register(name, _ => backend);
        }
        return registry;
    }
}
