using BenchmarkDotNet.Attributes;
using Minilm.Dialog;
using Minilm.Dialog.History;
using Minilm.Dialog.Prompting;
using Minilm.Dialog.Text;

namespace Minilm.Benchmarks;

/// <summary>What a dialog costs beside the model: writing its prompt, and cleaning and reading its reply.</summary>
[MemoryDiagnoser]
public class PromptBenchmarks
{
    private const string Reply = "Luna: \"Oh, you are back! I found a page that smells of rain, and I kept it warm for you. Shall I read it aloud, or do you want to eat something first? There are cookies on the third shelf.\"\nMia: yes";

    private static readonly string[] Animations = ["idle", "talking", "happy", "sad", "hungry", "eating", "blushing", "shy", "excited", "thinking"];

    private readonly Func<string, int> _countText = text => text.Length / 4;
    private readonly Func<IReadOnlyList<ChatMessage>, int> _countMessages = messages => messages.Count;

    private PromptInput _input = null!;
    private ReplyCleaning _cleaning = null!;

    /// <summary>Gets or sets how many exchanges are told.</summary>
    [Params(0, 5)]
    public int Exchanges { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var now = new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero);
        _input = new PromptInput
        {
            CharacterName = "Luna",
            Description = "a shy cat who keeps the library and knows every book by its smell.",
            PersonalityLines = ["Books smell of rain when nobody looks.", "Hush, the shelves are asleep.", "I found a warm page between two cold ones."],
            Traits = new Dictionary<string, double>(StringComparer.Ordinal) { ["shyness"] = 0.9, ["curiosity"] = 0.75, ["kindness"] = 0.8, ["energy"] = 0.3, ["humour"] = 0.65 },
            Context = new DialogContext { Trigger = "talk", UserText = "What do you read today?", UserName = "Mia", Mood = 62, RelationshipLevel = "friend" },
            History = [.. Enumerable.Range(0, Exchanges).Select(i => new DialogExchange
            {
                Trigger = "talk", UserText = "And what happened then, after the rain had stopped?", Reply = "Then the cat went home, and the book was still open on the table.", Backend = "llm", At = now.AddMinutes(i - 9),
            })],
            Now = now,
        };
        _cleaning = new ReplyCleaning { CharacterName = "Luna", UserName = "Mia", Prompt = Text() };
    }

    [Benchmark(Description = "text prompt")]
    public string Text() => PromptBuilder.BuildText(_input, _countText, 2000);

    [Benchmark(Description = "chat messages")]
    public IReadOnlyList<ChatMessage> Messages() => PromptBuilder.BuildMessages(_input, _countMessages, 2000);

    [Benchmark(Description = "clean a reply")]
    public string Clean() => ReplyCleaner.Clean(Reply, _cleaning);

    [Benchmark(Description = "animation, type, tone, topics")]
    public int Analyse() =>
        ReplyAnalysis.Animation(Reply, Animations).Length + ReplyAnalysis.Type(Reply).Length + ReplyAnalysis.Tone(Reply).Length + ReplyAnalysis.Topics(Reply).Count;
}
