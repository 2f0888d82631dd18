using System.Text.RegularExpressions;
using Minilm.Companion.Evaluation;

namespace Minilm.Companion.Grammar;

/// <summary>Finds lines that break the rules of the grammar's README, and counts what can be said.</summary>
internal static partial class GrammarCheck
{
    private const int SamplesPerLine = 30;
    private const int MostCharacters = 120;

    /// <summary>Lists lines that cannot be used or that the evaluation would not recognise, each with its topic.</summary>
    public static IReadOnlyList<string> Problems(CompanionGrammar grammar)
    {
        var problems = new List<string>();
        var random = new Random(1);
        foreach (Topic topic in grammar.Topics.Concat(grammar.Triggers))
        {
            foreach (Temperament temperament in Temperaments.All)
            {
                foreach (Pattern reply in topic.AllReplies.SelectMany(replies => replies.Of(temperament)))
                {
                    Check(topic, temperament, reply, random, problems);
                }
                if (topic.AllReplies.Any(replies => !replies.Of(temperament).Any()))
                {
                    problems.Add($"{topic.Name}: {temperament.Key()} has nothing to say in one of its groups");
                }
            }
            foreach (Topic.Intent group in topic.IntentsAndRecalls.Where(group => !topic.IsTrigger && group.Phrasings.Of(Split.HeldOut).SequenceEqual(group.Phrasings.Of(Split.Training))))
            {
                problems.Add($"{topic.Name}: the intent or recall {group.Name} has so few phrasings that none is held out");
            }
            foreach (Topic.Intent intent in topic.Intents)
            {
                CheckSlots(topic, intent, problems);
            }
        }
        return problems;
    }

    /// <summary>Counts pairs of what a user says and what is replied.</summary>
    public static double CountExchanges(CompanionGrammar grammar)
    {
        double total = 0;
        foreach (Topic topic in grammar.Topics.Concat(grammar.Triggers))
        {
            double ValuesOf(string slot) => topic.HasSlot(slot) ? topic.Values(slot, Split.Training).Count : 1;
            foreach (Topic.Intent intent in topic.Intents)
            {
                double said = topic.IsTrigger ? 1 : intent.Phrasings.Of(Split.Training).Sum(pattern => pattern.Count(ValuesOf));
                // A slot has one value in both, so that the reply counts its shapes only.
                total += said * Temperaments.All.Sum(temperament => intent.Replies.Of(temperament).Sum(pattern => pattern.Count(_ => 1)));
            }
        }
        return total;
    }

    private static void Check(Topic topic, Temperament temperament, Pattern reply, Random random, List<string> problems)
    {
        if (reply.Slots.FirstOrDefault(slot => slot is not ("name" or "creature" or "time" or "user") && !topic.HasSlot(slot)) is { } unknown)
        {
            problems.Add($"{topic.Name}: {temperament.Key()} uses the unknown slot {{{unknown}}}");
            return;
        }
        for (int i = 0; i < SamplesPerLine; i++)
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            string text = reply.Expand(random, slot => values[slot] = slot switch
            {
                "name" => "Moss",
                "creature" => "fox",
                "time" => "evening",
                "user" => "Ada",
                _ => topic.Values(slot, Split.Training)[random.Next(topic.Values(slot, Split.Training).Count)],
            });
            string? problem = text.Length > MostCharacters ? "is too long"
                : text.Contains("  ", StringComparison.Ordinal) ? "has two blanks"
                : text.Contains("....", StringComparison.Ordinal) ? "has four full stops"
                : text[^1] is not ('.' or '!' or '?') ? "does not end as a sentence"
                : temperament == Temperament.Calm && text.Contains('!') ? "is loud"
                : SlotAtStart().IsMatch(reply.Expand(random, slot => $"{{{slot}}}")) ? "begins a sentence with a slot"
                : !TopicClassifier.Fits(topic, text, [.. values.Where(value => topic.HasSlot(value.Key)).Select(value => value.Value)]) ? "has no keyword"
                : null;
            if (problem is not null)
            {
                problems.Add($"{topic.Name}: {temperament.Key()} {problem}: {text}");
                return;
            }
        }
    }

    // After an ellipsis nothing gets a capital.
    [GeneratedRegex(@"(^|(?<!\.)[.!?] )\{", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SlotAtStart();

    private static void CheckSlots(Topic topic, Topic.Intent intent, List<string> problems)
    {
        string[] used = [.. Temperaments.All.SelectMany(intent.Replies.Of).SelectMany(reply => reply.Slots).Where(topic.HasSlot).Distinct(StringComparer.Ordinal)];
        // A value that no phrasing has is a reply's own.
        foreach (string slot in used.Where(slot => intent.Phrasings.All.Select(phrasing => phrasing.Slots.Contains(slot, StringComparer.Ordinal)).Distinct().Count() == 2))
        {
            problems.Add($"{topic.Name}: replies of {intent.Name} name {{{slot}}}, which only some of what users say there has");
        }
    }
}
