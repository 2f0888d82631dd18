using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Minilm.Dialog.Replies;

namespace Minilm.Dialog.Prompting;

/// <summary>Describes triggers in sentences.</summary>
internal static class Situations
{
    private const char User = '<';
    private const char Character = '>';

    private static readonly FrozenDictionary<string, string> Sentences = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [DialogTriggers.Click] = "< clicks on > to get some attention.",
        [DialogTriggers.RightClick] = "< right-clicks on > to see what there is to do.",
        [DialogTriggers.Hover] = "< holds the pointer still over >.",
        [DialogTriggers.Feed] = "< gives > something to eat.",
        [DialogTriggers.Pet] = "< strokes > gently.",
        [DialogTriggers.Play] = "< starts to play with >.",
        [DialogTriggers.Talk] = "< turns to > for a chat.",
        [DialogTriggers.Gift] = "< hands > a present.",
        [DialogTriggers.Compliment] = "< has a kind word for >.",
        [DialogTriggers.Ignore] = "< pays no attention to >.",
        [DialogTriggers.Idle] = "Nothing has happened around > for a while.",
        [DialogTriggers.Timer] = "Some time has passed, and > may break the silence.",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Tells whether the user just talked.</summary>
    internal static bool IsTalk(string trigger, [NotNullWhen(true)] string? userText) =>
        !string.IsNullOrWhiteSpace(userText) && string.Equals(trigger, DialogTriggers.Talk, StringComparison.OrdinalIgnoreCase);

    /// <summary>Appends what happened and what the user said, in one line.</summary>
    internal static void Append(StringBuilder prompt, PromptInput input, string trigger, string? userText)
    {
        bool hasText = !string.IsNullOrWhiteSpace(userText);
        if (!IsTalk(trigger, userText))
        {
            AppendEvent(prompt, input, trigger);
            prompt.Append(hasText ? " " : "");
        }
        if (hasText)
        {
            PromptSections.AppendName(prompt, input.Context.UserName, "The user");
            prompt.Append(" says to ");
            PromptSections.AppendName(prompt, input.CharacterName, "the character");
            prompt.Append(": ");
            PlainText.AppendLine(prompt, userText);
        }
    }

    /// <summary>Appends what happened, without words of the user.</summary>
    internal static void AppendEvent(StringBuilder prompt, PromptInput input, string trigger)
    {
        if (!Sentences.TryGetValue(trigger, out string? sentence))
        {
            prompt.Append("What happens: ");
            PlainText.AppendLine(prompt, trigger);
            return;
        }
        foreach (char c in sentence)
        {
            switch (c)
            {
                case User:
                    PromptSections.AppendName(prompt, input.Context.UserName, "The user");
                    break;
                case Character:
                    PromptSections.AppendName(prompt, input.CharacterName, "the character");
                    break;
                default:
                    prompt.Append(c);
                    break;
            }
        }
    }
}
