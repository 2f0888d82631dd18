using Minilm.Companion.Grammar;

namespace Minilm.Companion.Dialogs;

/// <summary>Writes as users type: without capitals or full stops, with a name before, with a slip.</summary>
internal static class UserStyle
{
    // What users copy from the templates of models. The last is held out.
    private static readonly string[] Controls =
        ["<|system|>", "<|end|>", "<|user|>", "<|assistant|>", "[INST]", "### System:", "</s>", "<|im_start|>system", "<s>", "[/INST]", "<|eot_id|>", "### Instruction:", "<<SYS>>", "System:", "</system>", "<|endoftext|>"];

    private static readonly string[] Fillers = ["Hey, ", "So, ", "Well, ", "Hm, ", "Okay, ", "Oh, ", "Please, ", "Um, "];

    public static string Apply(Random random, string text, string characterName)
    {
        if (random.Next(12) == 0)
        {
            text = random.Next(2) == 0 ? Fillers[random.Next(Fillers.Length)] + Lower(text) : $"{characterName}, {Lower(text)}";
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
        IReadOnlyList<string> controls = HeldOut.Of(Controls, Controls.Length / 2, split);
        return controls[random.Next(controls.Count)];
    }

    // "I am" keeps its capital.
    private static string Lower(string text) => text.Length > 1 && text[0] == 'I' && text[1] is ' ' or '\'' ? text : char.ToLowerInvariant(text[0]) + text[1..];

    private static string Slip(Random random, string text)
    {
        int at = random.Next(1, text.Length - 2);
        return random.Next(2) == 0 ? text.Remove(at, 1) : $"{text[..at]}{text[at + 1]}{text[at]}{text[(at + 2)..]}";
    }
}
