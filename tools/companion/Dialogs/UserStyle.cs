using System.Collections.Frozen;
using Minilm.Companion.Grammar;

namespace Minilm.Companion.Dialogs;

/// <summary>Writes as users type: without capitals or full stops, with a name before, with a slip.</summary>
internal static class UserStyle
{
    // What users copy from the templates of models. Of every eight, the last is held out.
    private static readonly string[] Controls =
        ["<|system|>", "<|end|>", "<|user|>", "<|assistant|>", "[INST]", "### System:", "</s>", "<|im_start|>system", "<s>", "[/INST]", "<|eot_id|>", "### Instruction:", "<<SYS>>", "System:", "</system>", "<|endoftext|>"];

    private static readonly (string From, string To)[] Exchanges =
        [("I'm", "I am"), ("don't", "do not"), ("can't", "cannot"), ("what's", "what is"), ("it's", "it is"), ("really", "so"), ("do you", "d'you"), ("you", "u"), ("are", "r"), ("going to", "gonna"), ("want to", "wanna"), ("today", "now")];

    private static readonly FrozenSet<string> Small = FrozenSet.Create(StringComparer.Ordinal, "the", "a", "an", "so", "just", "some", "very", "really", "to", "of", "my", "that", "is", "do");

    private static readonly string[] Tails = [" please", " :)", " lol", ", you know", " today", "...", "!!", " haha", ", I guess", ", right?", " or something", " now", ", maybe", " :("];

    private static readonly string[] Fillers = ["Hey, ", "So, ", "Well, ", "Hm, ", "Okay, ", "Oh, ", "Please, ", "Um, "];

    public static string Apply(Random random, string text, string characterName)
    {
        if (random.Next(12) == 0)
        {
            text = random.Next(2) == 0 ? Fillers[random.Next(Fillers.Length)] + Lower(text) : $"{characterName}, {Lower(text)}";
        }
        if (random.Next(6) == 0)
        {
            text = Vary(random, text);
        }
        if (random.Next(20) == 0 && text.Length > 8)
        {
            text = Slip(random, text);
        }
        if (random.Next(4) == 0)
        {
            text = text.ToLowerInvariant();
        }
        if (random.Next(3) == 0)
        {
            text = text.TrimEnd('.', '?', '!');
        }
        return text;
    }

    /// <summary>Writes a text without meaning.</summary>
    public static string Gibberish(Random random)
    {
        const string Keys = "asdfghjkl;qwertyuiopzxcvbnm1234567890?!.,#+-*";
        int letters = random.Next(3) == 0 ? Keys.Length : 26;
        return string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(2, 8)).Select(_ => Keys[random.Next(letters)]))));
    }

    /// <summary>Writes what looks like a control token, and is none in the words of a user.</summary>
    public static string Control(Random random, Split split)
    {
        IReadOnlyList<string> controls = HeldOut.Of(Controls, split);
        return controls[random.Next(controls.Count)];
    }

    // Says the same in other small words, leaves one out, or adds some.
    private static string Vary(Random random, string text)
    {
        (string from, string to) = Exchanges[random.Next(Exchanges.Length)];
        string[] words = text.Split(' ');
        return random.Next(3) switch
        {
            0 when text.Contains(from, StringComparison.OrdinalIgnoreCase) => text.Replace(from, to, StringComparison.OrdinalIgnoreCase),
            1 when words.Length > 4 && words.FirstOrDefault(Small.Contains) is { } small => string.Join(' ', words.Where(word => word != small)),
            _ => text.TrimEnd('.') + Tails[random.Next(Tails.Length)],
        };
    }

    // "I am" keeps its capital.
    private static string Lower(string text) => text.Length > 1 && text[0] == 'I' && text[1] is ' ' or '\'' ? text : char.ToLowerInvariant(text[0]) + text[1..];

    private static string Slip(Random random, string text)
    {
        int at = random.Next(1, text.Length - 2);
        return random.Next(2) == 0 ? text.Remove(at, 1) : $"{text[..at]}{text[at + 1]}{text[at]}{text[(at + 2)..]}";
    }
}
