using Minilm.Companion.Grammar;
using Minilm.Dialog;

namespace Minilm.Companion.Dialogs;

/// <summary>Samples dialogs: the same seed gives the same ones.</summary>
/// <param name="grammar">What can be said.</param>
/// <param name="personas">Who says it.</param>
/// <param name="madeUp">Further values for training; null for those of the grammar alone.</param>
internal sealed class DialogSampler(CompanionGrammar grammar, PersonaSampler personas, MadeUp? madeUp)
{
    private const int MostTurns = 6;

    private readonly ReplyComposer _composer = new(grammar);

    // What meets any words that nobody foresaw has to be learnt best.
    private readonly Topic[] _topics = [.. grammar.Topics, .. grammar.Topics.Where(topic => topic.Name is "subjects" or "nonsense" or "facts" or "stay" or "howareyou" or "greeting" or "repeat")];

    /// <summary>A dialog on its way: who speaks, and what was said so far.</summary>
    private sealed class Course(Random random, Split split, Persona persona)
    {
        public Random Random => random;

        public Split Split => split;

        public Persona Persona => persona;

        public List<SampledTurn> Turns { get; } = [];

        public List<(Topic Topic, Topic.Intent Recall, Dictionary<string, string> Values)> Recalls { get; } = [];

        public Dictionary<string, string> Values { get; set; } = [];

        public string? UserName { get; set; } = persona.UserName;

        public bool IsIntroduced { get; set; } = persona.UserName is not null;
    }

    /// <summary>Samples a dialog of one to six turns.</summary>
    public SampledDialog Sample(Random random, Split split) => Sample(random, split, personas.Sample(random, split));

    /// <summary>Samples a dialog of a persona.</summary>
    public SampledDialog Sample(Random random, Split split, Persona persona)
    {
        var course = new Course(random, split, persona);
        int turns = random.NextDouble() switch { < 0.05 => 1, < 0.15 => 2, < 0.3 => 3, < 0.5 => 4, < 0.75 => 5, _ => MostTurns };
        for (int i = 0; i < turns; i++)
        {
            course.Turns.Add(Turn(course));
        }
        return new SampledDialog(persona, course.Turns);
    }

    private SampledTurn Turn(Course course)
    {
        Random random = course.Random;
        double kind = random.NextDouble();
        SampledTurn? last = course.Turns.Count > 0 ? course.Turns[^1] : null;
        if (kind < 0.25 && course.Recalls.Count > 0)
        {
            Topic.Intent asked = Pick(random, course.Recalls).Recall;
            // Of what a user said twice, the latest counts.
            (Topic topic, Topic.Intent recall, Dictionary<string, string> values) = course.Recalls.Last(entry => entry.Recall == asked);
            course.Values = values;
            return Say(course, topic, TurnKind.Recall, $"recall {recall.Name}", Pick(random, recall.Phrasings.Of(course.Split)), recall.Replies);
        }
        if (kind is >= 0.25 and < 0.45 && last is { Kind: TurnKind.Topic, Topic.More: { } more })
        {
            return Say(course, last.Topic, TurnKind.FollowUp, "more", Pick(random, grammar.FollowUps.Of(course.Split)), more);
        }
        if (kind >= (last is null ? 0.7 : 0.85))
        {
            Topic trigger = Pick(random, grammar.Triggers);
            course.Values = [];
            string reply = Reply(course, trigger, trigger.Intents[0].Replies);
            return new SampledTurn(trigger, TurnKind.Trigger, "trigger", trigger.Name, UserText: null, reply, course.Values.Values);
        }
        Topic next = last is { Kind: TurnKind.Topic } && random.Next(4) == 0 ? last.Topic : Pick(random, _topics);
        while (next.Name == "introduction" && course.IsIntroduced)
        {
            next = Pick(random, _topics);
        }
        Topic.Intent intent = Pick(random, next.Intents);
        course.Values = [];
        return Say(course, next, TurnKind.Topic, intent.Name, Pick(random, intent.Phrasings.Of(course.Split)), intent.Replies, intent.Recall);
    }

    private SampledTurn Say(Course course, Topic topic, TurnKind kind, string group, Pattern phrasing, Replies replies, Topic.Intent? recall = null)
    {
        string said = phrasing.Expand(course.Random, slot => ValueOf(course, topic, slot));
        if (topic.Name == "introduction" && course.Values.TryGetValue("person", out string? person) && kind == TurnKind.Topic)
        {
            (course.UserName, course.IsIntroduced) = (person, true);
        }
        string reply = Reply(course, topic, replies);
        if (recall is not null)
        {
            course.Recalls.Add((topic, recall, course.Values));
        }
        string[] values = [.. course.Values.Values];
        return new SampledTurn(topic, kind, group, DialogTriggers.Talk, UserStyle.Apply(course.Random, said, course.Persona.Name, values), reply, values);
    }

    private string Reply(Course course, Topic topic, Replies replies)
    {
        string core = replies.Choose(course.Random, course.Persona.Temperament, course.Persona.MoodBand, course.UserName is not null)
            .Expand(course.Random, slot => ValueOf(course, topic, slot));
        return _composer.Compose(course.Random, course.Persona, course.UserName, topic, core);
    }

    private string ValueOf(Course course, Topic topic, string slot)
    {
        switch (slot)
        {
            case "name":
                return course.Persona.Name;
            case "creature":
                return course.Persona.Creature;
            case "time":
                return course.Persona.TimeOfDay;
            case "user":
                return course.UserName ?? "you";
            case "gibberish":
                return UserStyle.Gibberish(course.Random);
            case "control":
                return UserStyle.Control(course.Random, course.Split);
        }
        if (!course.Values.TryGetValue(slot, out string? value))
        {
            if (!topic.HasSlot(slot))
            {
                throw new GrammarException($"{topic.Name}: no slot '{slot}'");
            }
            course.Values[slot] = value =
                madeUp is null || course.Split == Split.HeldOut ? Pick(course.Random, topic.Values(slot, course.Split))
                : slot == "person" ? madeUp.Name(course.Random, topic.Values(slot, course.Split))
                : madeUp.Value(course.Random, topic, slot);
        }
        return value;
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
