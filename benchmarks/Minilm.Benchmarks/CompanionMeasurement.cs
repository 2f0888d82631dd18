using System.CommandLine;
using System.Globalization;
using Minilm.Dialog;
using Minilm.Dialog.Cards;
using Minilm.Dialog.Prompting;

namespace Minilm.Benchmarks;

/// <summary>How fast the model in the box answers, its persona being warm.</summary>
internal static class CompanionMeasurement
{
    private const int ReplyTokens = 40;

    private static readonly string[] Words =
        ["How are you?", "I had soup for lunch.", "Tell me a joke.", "Is it going to rain?", "I can't sleep.", "What do you think about windmills?", "My name is Ada.", "Do you like music?"];

    public static Command Command()
    {
        var root = new Option<string>("--root") { Description = "The root of the repository.", DefaultValueFactory = _ => "." };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 is the physical cores.", DefaultValueFactory = _ => 1 };
        var rounds = new Option<int>("--rounds") { Description = "Replies to measure.", DefaultValueFactory = _ => 200 };
        var command = new Command("companion", "How fast the model in the box answers.") { root, threads, rounds };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(root), parsed.GetValue(threads), parsed.GetValue(rounds)));
        return command;
    }

    private static int Run(string root, int threads, int rounds)
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = Path.Combine(root, "assets", "models", "minilm-companion.gguf"), Threads = threads });
        model.Initialize();
        CharacterCard card = CharacterCard.Load(Path.Combine(root, "assets", "characters", "linden", "character.json"));
        string persona = card.DialogBackend!.Backends["llm"].GetProperty("systemPrompt").GetString()!;
        // A reply that may not end has exactly the tokens that are asked for.
        CompletionOptions options = BenchmarkModels.Endless(model, ReplyTokens) with { CachePrompt = true, Temperature = null };
        model.PredictChat(Messages(card, persona, "Hello."), options);

        var first = new List<double>();
        var whole = new List<double>();
        CompletionUsage usage = new();
        for (int i = 0; i < rounds; i++)
        {
            usage = model.PredictChat(Messages(card, persona, Words[i % Words.Length]), options with { Seed = (uint)i }).Usage;
            first.Add(usage.TimeToFirstToken!.Value.TotalMilliseconds);
            whole.Add(usage.TotalTime.TotalMilliseconds);
        }
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} replies of {usage.CompletionTokens} tokens to prompts of about {usage.PromptTokens} tokens ({usage.CachedTokens} warm), {threads} thread(s): whole reply median {Statistics.Median(whole):0.0} ms (p99 {Statistics.Percentile(whole, 0.99):0.0}), first token median {Statistics.Median(first):0.00} ms (p99 {Statistics.Percentile(first, 0.99):0.00})"));
        return 0;
    }

    private static IReadOnlyList<ChatMessage> Messages(CharacterCard card, string persona, string words) => PromptBuilder.BuildMessages(
        new PromptInput
        {
            CharacterName = card.Name,
            SystemPrompt = persona,
            Context = new DialogContext { Trigger = DialogTriggers.Talk, UserText = words, UserName = "Ada", Mood = 70, TimeOfDay = "evening", RelationshipLevel = "friend" },
            Now = DateTimeOffset.UnixEpoch,
        },
        _ => 0,
        budget: 1);
}
