using System.Text.RegularExpressions;

namespace Minilm;

/// <summary>The lines of the mock, chosen by a word of the prompt that names a situation.</summary>
internal static partial class MockAnswers
{
    private static readonly (Regex Situation, string[] Lines)[] Situations =
    [
        (Fed(), ["Mm, that was tasty. Is there more where it came from?", "Thank you, I was getting hungry."]),
        (Petted(), ["That feels nice, right behind the ear.", "Careful, I might fall asleep like this."]),
        (Talk(), ["I am listening. What is on your mind?", "Let us talk, I have all afternoon."]),
        (Click(), ["Yes? You called?", "Here I am, no need to knock twice."]),
        (Idle(), ["It is quiet here. I was counting clouds.", "I am still around, only daydreaming."]),
        (Sad(), ["It is a grey sort of day. Stay with me a little?", "I could use a kind word right now."]),
        (Happy(), ["Everything is bright today, do you see it too?", "I could hum all day long."]),
    ];

    private static readonly string[] Otherwise =
    [
        "I will think about that.",
        "Tell me more, will you?",
        "That is a new one for me.",
        "Let me get back to you on this.",
    ];

    /// <summary>Gets the answer to a prompt: always the same for the same prompt and seed.</summary>
    public static string For(string prompt, uint seed)
    {
        foreach ((Regex situation, string[] lines) in Situations)
        {
            if (situation.IsMatch(prompt))
            {
                return Pick(lines, prompt, seed);
            }
        }
        return Pick(Otherwise, prompt, seed);
    }

    private static string Pick(string[] lines, string prompt, uint seed)
    {
        uint hash = 2166136261 ^ seed; // FNV-1a: string.GetHashCode differs from process to process
        foreach (char c in prompt)
        {
            hash = (hash ^ c) * 16777619;
        }
        return lines[hash % (uint)lines.Length];
    }

    private const RegexOptions Words = RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;
    private const int MatchTimeout = 1000;

    [GeneratedRegex(@"\b(fed|feed|feeding|food|eat)\b", Words, MatchTimeout)]
    private static partial Regex Fed();

    [GeneratedRegex(@"\b(pet|pets|petted|petting|strokes|stroked)\b", Words, MatchTimeout)]
    private static partial Regex Petted();

    [GeneratedRegex(@"\b(talk|talks|talking|chat|speak)\b", Words, MatchTimeout)]
    private static partial Regex Talk();

    [GeneratedRegex(@"\b(click|clicks|clicked|clicking)\b", Words, MatchTimeout)]
    private static partial Regex Click();

    [GeneratedRegex(@"\b(idle|waiting|bored|nothing)\b", Words, MatchTimeout)]
    private static partial Regex Idle();

    [GeneratedRegex(@"\b(sad|unhappy|lonely)\b", Words, MatchTimeout)]
    private static partial Regex Sad();

    [GeneratedRegex(@"\b(happy|glad|cheerful)\b", Words, MatchTimeout)]
    private static partial Regex Happy();
}
