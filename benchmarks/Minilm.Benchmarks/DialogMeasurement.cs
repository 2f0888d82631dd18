using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.Cards;

namespace Minilm.Benchmarks;

/// <summary>What a dialog costs beside the model, and whether memory grows over many of them.</summary>
internal static class DialogMeasurement
{
    private const int Warmup = 5_000;
    private const int Conversations = 2_000; // more than are remembered, so that the oldest are forgotten all the time

    private static readonly string[] Lines =
    [
        "The lamp is lit and the sea is calm tonight.", "I counted the ships and the ships counted me.", "Mind the stairs, the stairs mind nobody.",
        "The sea is a patient teacher and I am a slow pupil.", "Come in, the kettle is on and the fog is thick.", "I like the fog, it keeps the ships polite.",
        "The kettle sings when the wind is in the west.", "A calm sea never made a good story.", "I keep the lamp and the lamp keeps me.",
        "The wind is in the west and the gulls are in my lunch.", "Tell me of the town, I only see its chimneys.", "The gulls know every ship by name.",
    ];

    public static Command Command()
    {
        var count = new Option<int>("--count") { Description = "Dialogs of each kind.", DefaultValueFactory = _ => 100_000 };
        var command = new Command("dialogs", "What a dialog costs beside the model, and whether memory grows over many of them.") { count };
        command.SetAction(async parsed =>
        {
            Print($"{parsed.GetValue(count)} dialogs in {Conversations} conversations, one after the other");
            Print($"{"answers",-14}{"median µs",11}{"p99 µs",9}{"bytes",8}  memory in use after each tenth, MB");
            foreach (string backend in (string[])["llm", "markov_chain", "simple_random"])
            {
                await MeasureAsync(backend, parsed.GetValue(count)).ConfigureAwait(false);
            }
            return 0;
        });
        return command;
    }

    private static async Task MeasureAsync(string backend, int count)
    {
        using var models = new LanguageModelPool();
        models.Share("instant.gguf", _ => Task.FromResult<ILanguageModel>(new InstantModel()));
        using var manager = new DialogManager(Card(backend), new DialogManagerOptions { Models = models, Seed = 1 });
        await manager.PrepareAsync().ConfigureAwait(false);
        string[] ids = [.. Enumerable.Range(0, Conversations).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        for (int i = 0; i < Warmup; i++)
        {
            await TalkAsync(manager, backend, ids[i % Conversations]).ConfigureAwait(false);
        }
        double[] times = new double[count];
        var memory = new List<double>();
        long allocated = 0;
        for (int i = 0; i < count; i++)
        {
            if (i % Math.Max(count / 10, 1) == 0)
            {
                memory.Add(GC.GetTotalMemory(forceFullCollection: true) / 1e6);
            }
            long before = GC.GetTotalAllocatedBytes();
            long start = Stopwatch.GetTimestamp();
            await TalkAsync(manager, backend, ids[i % Conversations]).ConfigureAwait(false);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            allocated += GC.GetTotalAllocatedBytes() - before;
        }
        memory.Add(GC.GetTotalMemory(forceFullCollection: true) / 1e6);
        Print($"{backend,-14}{Statistics.Median(times),11:0.0}{Statistics.Percentile(times, 0.99),9:0.0}{allocated / count,8}  {string.Join(' ', memory.Select(mb => mb.ToString("0.0", CultureInfo.InvariantCulture)))}");
    }

    private static async Task TalkAsync(DialogManager manager, string backend, string conversation)
    {
        DialogResponse response = await manager.RespondAsync(new DialogContext { Trigger = "talk", UserText = "What do you see out there tonight?", ConversationId = conversation, Mood = 70, UserName = "Sam" }).ConfigureAwait(false);
        if (response.Backend != backend)
        {
            throw new InvalidOperationException($"{response.Backend} answered instead of {backend}: {string.Join("; ", response.Attempts)}");
        }
    }

    private static CharacterCard Card(string backend)
    {
        string lines = string.Join(',', Lines.Select(line => $"\"{line}\""));
        string settings = backend switch
        {
            "llm" => $$"""{"modelPath":"instant.gguf","markov_chain":{"trainingData":[{{lines}}] } }""",
            "markov_chain" => $$"""{"trainingData":[{{lines}}]}""",
            _ => "{}",
        };
        return new CharacterCard
        {
            Name = "Tilda",
            Description = "keeps a lighthouse and talks to ships",
            Animations = new Dictionary<string, string> { ["idle"] = "idle.gif", ["talking"] = "talking.gif", ["happy"] = "happy.gif" },
            Dialogs = [new CardDialog { Trigger = "talk", Responses = Lines[..4] }],
            Personality = new CardPersonality { Traits = new Dictionary<string, double> { ["calm"] = 0.9, ["curious"] = 0.7, ["proud"] = 0.3 } },
            DialogBackend = new DialogBackendConfig
            {
                Enabled = true,
                DefaultBackend = backend,
                ConfidenceThreshold = 0,
                Backends = new Dictionary<string, JsonElement> { [backend] = JsonDocument.Parse(settings).RootElement },
            },
        };
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
