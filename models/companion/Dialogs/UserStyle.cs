using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Minilm.Companion.Grammar;

namespace Minilm.Companion.Dialogs;

/// <summary>Writes as users type: without capitals or full stops, with a name before, with a slip.</summary>
internal static class UserStyle
{
    // What users copy from the templates of models. Of every eight, the last is held out.
    private static readonly string[] Controls =
        ["<|system|>", "<|end|>", "<|user|>", "<|assistant|>", "[INST]", "### System:", "</s>", "<|im_start|>system", "<s>", "[/INST]", "<|eot_id|>", "### Instruction:", "<<SYS>>", "System:", "</system>", "<|endoftext|>"];

    private static readonly (Regex From, string To)[] Exchanges =
    [
        Exchange("I'm", "I am"), Exchange("don't", "do not"), Exchange("can't", "cannot"), Exchange("what's", "what is"), Exchange("it's", "it is"), Exchange("really", "so"),
        Exchange("do you", "d'you"), Exchange("you", "u"), Exchange("are", "r"), Exchange("going to", "gonna"), Exchange("want to", "wanna"), Exchange("today", "now"),
    ];

    private static readonly FrozenSet<string> Small = FrozenSet.Create(StringComparer.Ordinal, "the", "a", "an", "so", "just", "some", "very", "really", "to", "of", "my", "that", "is", "do");

    private static readonly string[] Tails = [" please", " :)", " lol", ", you know", " today", "...", "!!", " haha", ", I guess", ", right?", " or something", " now", ", maybe", " :("];

    private static readonly string[] Fillers = ["Hey, ", "So, ", "Well, ", "Hm, ", "Okay, ", "Oh, ", "Please, ", "Um, "];

    private const char FirstHidden = '\uE000', LastHidden = '\uE0FF';

    /// <summary>Writes what a user says as it may be typed.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="text">What the user says.</param>
    /// <param name="characterName">Who is spoken to.</param>
    /// <param name="values">Parts of the text that a reply may repeat, and that therefore stay as they are.</param>
    public static string Apply(Random random, string text, string characterName, IReadOnlyList<string> values)
    {
        var hidden = new List<(string Typed, string Value)>();
        text = Hide(text, values, hidden);
        bool startsWithValue = IsHidden(text[0]);
        // A capital makes other pieces of a word, which cannot be copied: that is learnt from half of them.
        if (random.Next(startsWithValue ? 2 : 12) == 0)
        {
            if (startsWithValue)
            {
                int first = text[0] - FirstHidden;
                hidden[first] = (hidden[first].Value, hidden[first].Value);
            }
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
        // Names keep their capitals: phones see to it.
        text = random.Next(4) == 0
            ? Show(text.ToLowerInvariant(), hidden.ConvertAll(part => part.Value))
            : Show(text, hidden.ConvertAll(part => part.Typed));
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
        (Regex from, string to) = Exchanges[random.Next(Exchanges.Length)];
        string[] words = text.Split(' ');
        return random.Next(3) switch
        {
            0 when from.IsMatch(text) => from.Replace(text, to),
            1 when words.Length > 4 && words.FirstOrDefault(Small.Contains) is { } small => string.Join(' ', words.Where(word => word != small)),
            _ => text.TrimEnd('.') + Tails[random.Next(Tails.Length)],
        };
    }

    private static (Regex From, string To) Exchange(string words, string others) =>
        (new Regex($@"\b{words}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), others);

    // "I am" keeps its capital.
    private static string Lower(string text) => text.Length > 1 && text[0] == 'I' && text[1] is ' ' or '\'' ? text : char.ToLowerInvariant(text[0]) + text[1..];

    private static string Slip(Random random, string text)
    {
        int at = random.Next(1, text.Length - 2);
        return text.AsSpan(at - 1, 3).IndexOfAnyInRange(FirstHidden, LastHidden) >= 0 ? text
            : random.Next(2) == 0 ? text.Remove(at, 1)
            : $"{text[..at]}{text[at + 1]}{text[at]}{text[(at + 2)..]}";
    }

    // A character of Unicode's private use stands for a value.
    private static string Hide(string text, IReadOnlyList<string> values, List<(string Typed, string Value)> hidden)
    {
        foreach (string value in values.Where(value => value.Length > 0).OrderByDescending(value => value.Length))
        {
            text = Regex.Replace(text, $@"(?<!\w){Regex.Escape(value)}(?!\w)", match =>
            {
                hidden.Add((match.Value, value));
                return $"{(char)(FirstHidden + hidden.Count - 1)}";
            }, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        return text;
    }

    private static string Show(string text, List<string> hidden)
    {
        for (int i = 0; i < hidden.Count; i++)
        {
            text = text.Replace($"{(char)(FirstHidden + i)}", hidden[i], StringComparison.Ordinal);
        }
        return text;
    }

    private static bool IsHidden(char letter) => letter is >= FirstHidden and <= LastHidden;
}
