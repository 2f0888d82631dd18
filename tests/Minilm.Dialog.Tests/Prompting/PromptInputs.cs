using Minilm.Dialog;
using Minilm.Dialog.History;
using Minilm.Dialog.Prompting;

namespace Minilm.Tests.Dialog.Prompting;

/// <summary>Inputs that the prompt tests vary.</summary>
internal static class PromptInputs
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 9, 30, 0, TimeSpan.FromHours(1));

    public static PromptInput Minimal => new() { CharacterName = "Luna", Context = new DialogContext { Trigger = "click" }, Now = Now };

    public static PromptInput Full => new()
    {
        CharacterName = "Luna",
        Description = "a shy cat who keeps the library.",
        PersonalityLines = ["Books smell of rain.", "Hush, the shelves\nare asleep.", "I found a warm page.", "A fourth line."],
        Traits = new Dictionary<string, double>(StringComparer.Ordinal) { ["curious"] = 0.75, ["shy"] = 0.9, ["bold"] = 0.6, ["kind"] = 0.75, ["lazy"] = 0.61 },
        Context = new DialogContext { Trigger = "talk", UserText = "What do you read?", UserName = "Mia", Mood = 62.345, RelationshipLevel = "friend" },
        History =
        [
            Exchange("talk", "Hi!", "Oh, hello.", TimeSpan.FromMinutes(5)),
            Exchange("pet", null, "Purr.", TimeSpan.FromSeconds(20)),
        ],
        Now = Now,
    };

    public static DialogExchange Exchange(string trigger, string? userText, string reply, TimeSpan age) =>
        new() { Trigger = trigger, UserText = userText, Reply = reply, Backend = "llm", At = Now - age };

    public static PromptInput WithHistory(int exchanges) => Full with
    {
        History = [.. Enumerable.Range(1, exchanges).Select(i => Exchange("talk", $"question {i}", $"answer {i}", TimeSpan.FromMinutes(100 - i)))],
        MaxHistoryLength = exchanges,
    };

    /// <summary>A tokenizer for tests: a token is a word.</summary>
    public static int Words(string text) => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length;

    public static int Words(IReadOnlyList<ChatMessage> messages) => messages.Sum(message => 1 + Words(message.Content));

    public static string Text(PromptInput input) => PromptBuilder.BuildText(input, Words, int.MaxValue);

    public static IReadOnlyList<ChatMessage> Messages(PromptInput input) => PromptBuilder.BuildMessages(input, Words, int.MaxValue);
}
