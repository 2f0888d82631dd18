using System.Globalization;
using System.Text;
using Minilm.Dialog.History;
using Minilm.Dialog.Replies;

namespace Minilm.Dialog.Prompting;

/// <summary>Writes the bodies of a prompt's sections. Text from outside is always within a line, never at its start, where it could forge a heading.</summary>
internal static class PromptSections
{
    private const int MaxPersonalityLines = 3;

    internal static void AppendSystem(StringBuilder prompt, PromptInput input)
    {
        prompt.Append("You are ");
        AppendName(prompt, input.CharacterName, "a character");
        prompt.Append('.');
        if (!string.IsNullOrWhiteSpace(input.Description))
        {
            prompt.Append(" About you: ");
            PlainText.AppendLine(prompt, input.Description);
        }
    }

    internal static void AppendPersonality(StringBuilder prompt, PromptInput input, PromptSelection selection)
    {
        if (!selection.Personality || !(input.PersonalityWeight > 0))
        {
            return;
        }
        int start = prompt.Length;
        for (int i = 0; i < Math.Min(input.PersonalityLines.Count, MaxPersonalityLines); i++)
        {
            BeginLine(prompt, start).Append("- ");
            PlainText.AppendLine(prompt, input.PersonalityLines[i]);
        }
        StrongestTraits traits = StrongestTraits.Of(input.Context.Traits ?? input.Traits, input.PersonalityWeight);
        if (!traits.IsEmpty)
        {
            BeginLine(prompt, start);
            traits.AppendTo(prompt);
        }
    }

    internal static void AppendState(StringBuilder prompt, PromptInput input, PromptSelection selection)
    {
        if (!selection.State)
        {
            return;
        }
        if (IncludesMood(input))
        {
            prompt.Append("Mood: ");
            AppendMood(prompt, input);
            prompt.Append('\n');
        }
        prompt.Append("Time of day: ");
        AppendTimeOfDay(prompt, input);
        if (!string.IsNullOrWhiteSpace(input.Context.RelationshipLevel))
        {
            prompt.Append("\nRelationship: ");
            AppendRelationship(prompt, input);
        }
        if (PlainText.Name(input.Context.UserName) is { Length: > 0 } userName)
        {
            prompt.Append("\nThe user's name: ").Append(userName);
        }
    }

    internal static void AppendHistory(StringBuilder prompt, PromptInput input, PromptSelection selection)
    {
        int start = prompt.Length;
        for (int i = input.History.Count - selection.Exchanges; i < input.History.Count; i++)
        {
            DialogExchange exchange = input.History[i];
            BeginLine(prompt, start).Append('(');
            AppendAge(prompt, input.Now - exchange.At);
            prompt.Append(") ");
            if (Situations.IsTalk(exchange.Trigger, exchange.UserText))
            {
                AppendName(prompt, input.Context.UserName, "User");
                prompt.Append(": ");
                PlainText.AppendLine(prompt, exchange.UserText);
            }
            else
            {
                Situations.Append(prompt, input, exchange.Trigger, exchange.UserText);
            }
            prompt.Append('\n');
            AppendName(prompt, input.CharacterName, "Character");
            prompt.Append(": ");
            PlainText.AppendLine(prompt, exchange.Reply);
        }
    }

    internal static void AppendGuidelines(StringBuilder prompt, PromptInput input)
    {
        prompt.Append("- Speak as ");
        AppendName(prompt, input.CharacterName, "the character");
        prompt.Append(" would, in one or two short sentences.\n- Write only the spoken words: no name before them, no quotation marks, no comments.\n- Let the personality, the mood and what was said before show.");
    }

    internal static void AppendMood(StringBuilder prompt, PromptInput input)
    {
        double mood = input.Context.Mood;
        if (!IncludesMood(input))
        {
            prompt.Append("neutral");
            return;
        }
        string band = mood switch { >= 80 => "very happy", >= 60 => "happy", >= 40 => "neutral", >= 20 => "sad", _ => "very sad" };
        prompt.Append(CultureInfo.InvariantCulture, $"{band} ({Math.Min(mood, 100):0.0}/100)");
    }

    internal static void AppendTimeOfDay(StringBuilder prompt, PromptInput input) =>
        AppendName(prompt, input.Context.TimeOfDay, input.Now.Hour switch { >= 5 and < 12 => "morning", >= 12 and < 17 => "afternoon", >= 17 and < 22 => "evening", _ => "night" });

    internal static void AppendRelationship(StringBuilder prompt, PromptInput input) => AppendName(prompt, input.Context.RelationshipLevel, "unknown");

    /// <summary>Appends a name or another short text of the host or the user.</summary>
    internal static void AppendName(StringBuilder prompt, string? name, string otherwise) =>
        prompt.Append(PlainText.Name(name) is { Length: > 0 } plain ? plain : otherwise);

    private static bool IncludesMood(PromptInput input) => input.Context.Mood > 0 && input.MoodInfluence > 0;

    private static void AppendAge(StringBuilder prompt, TimeSpan age)
    {
        (long count, string unit) = age.TotalMinutes < 1 ? (0, "")
            : age.TotalHours < 1 ? ((long)age.TotalMinutes, "minute")
            : age.TotalDays < 1 ? ((long)age.TotalHours, "hour")
            : ((long)age.TotalDays, "day");
        if (count == 0)
        {
            prompt.Append("just now");
            return;
        }
        prompt.Append(CultureInfo.InvariantCulture, $"{count} {unit}").Append(count == 1 ? " ago" : "s ago");
    }

    private static StringBuilder BeginLine(StringBuilder prompt, int start) => prompt.Length == start ? prompt : prompt.Append('\n');
}
