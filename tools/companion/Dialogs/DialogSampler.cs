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

    /// <summary>What a dialog knows of what was said in it.</summary>
    private sealed class State
    {
        public List<SampledTurn> Turns { get; } = [];

        public List<(Topic Topic, Topic.Intent Recall, Dictionary<string, string> Values)> Recalls { get; } = [];

        public Dictionary<string, string> Values { get; set; } = [];

        public string? UserName { get; set; }

        public bool IsIntroduced { get; set; }
    }

    /// <summary>Samples a dialog of one to six turns.</summary>
    public SampledDialog Sample(Random random, Split split) => Sample(random, split, personas.Sample(random, split));

    /// <summary>Samples a dialog of a persona.</summary>
    public SampledDialog Sample(Random random, Split split, Persona persona)
    {
        var state = new State { UserName = persona.UserName, IsIntroduced = persona.UserName is not null };
        int turns = random.NextDouble() switch { < 0.05 => 1, < 0.15 => 2, < 0.3 => 3, < 0.5 => 4, < 0.75 => 5, _ => MostTurns };
        for (int i = 0; i < turns; i++)
        {
            state.Turns.Add(Turn(random, split, persona, state));
        }
        return new SampledDialog(persona, state.Turns);
    }

    private SampledTurn Turn(Random random, Split split, Persona persona, State state)
    {
        double kind = random.NextDouble();
        SampledTurn? last = state.Turns.Count > 0 ? state.Turns[^1] : null;
        if (kind < 0.25 && state.Recalls.Count > 0)
        {
            Topic.Intent asked = Pick(random, state.Recalls).Recall;
            // Of what a user said twice, the latest counts.
            (Topic topic, Topic.Intent recall, Dictionary<string, string> values) = state.Recalls.Last(entry => entry.Recall == asked);
            state.Values = values;
            return Say(random, split, persona, state, topic, TurnKind.Recall, $"recall {recall.Name}", Pick(random, recall.Phrasings.Of(split)), recall.Replies);
        }
        if (kind is >= 0.25 and < 0.45 && last is { Kind: TurnKind.Topic, Topic.More: { } more })
        {
            return Say(random, split, persona, state, last.Topic, TurnKind.FollowUp, "more", Pick(random, grammar.FollowUps.Of(split)), more);
        }
        if (kind >= (last is null ? 0.7 : 0.85))
        {
            Topic trigger = Pick(random, grammar.Triggers);
            state.Values = [];
            string reply = Reply(random, split, persona, state, trigger, trigger.Intents[0].Replies);
            return new SampledTurn(trigger, TurnKind.Trigger, "trigger", trigger.Name, UserText: null, reply, state.Values.Values);
        }
        Topic next = last is { Kind: TurnKind.Topic } && random.Next(4) == 0 ? last.Topic : Pick(random, _topics);
        while (next.Name == "introduction" && state.IsIntroduced)
        {
            next = Pick(random, _topics);
        }
        Topic.Intent intent = Pick(random, next.Intents);
        state.Values = [];
        return Say(random, split, persona, state, next, TurnKind.Topic, intent.Name, Pick(random, intent.Phrasings.Of(split)), intent.Replies, intent.Recall);
    }

    private SampledTurn Say(Random random, Split split, Persona persona, State state, Topic topic, TurnKind kind, string group, Pattern phrasing, Replies replies, Topic.Intent? recall = null)
    {
        string said = phrasing.Expand(random, slot => ValueOf(random, split, persona, state, topic, slot));
        if (topic.Name == "introduction" && state.Values.TryGetValue("person", out string? person) && kind == TurnKind.Topic)
        {
            (state.UserName, state.IsIntroduced) = (person, true);
        }
        string reply = Reply(random, split, persona, state, topic, replies);
        if (recall is not null)
        {
            state.Recalls.Add((topic, recall, state.Values));
        }
        string[] values = [.. state.Values.Values];
        return new SampledTurn(topic, kind, group, DialogTriggers.Talk, UserStyle.Apply(random, said, persona.Name, values), reply, values);
    }

    private string Reply(Random random, Split split, Persona persona, State state, Topic topic, Replies replies)
    {
        string core = replies.Choose(random, persona.Temperament, persona.MoodBand, state.UserName is not null)
            .Expand(random, slot => ValueOf(random, split, persona, state, topic, slot));
        return _composer.Compose(random, persona, state.UserName, topic, core);
    }

    private string ValueOf(Random random, Split split, Persona persona, State state, Topic topic, string slot)
    {
        switch (slot)
        {
            case "name":
                return persona.Name;
            case "creature":
                return persona.Creature;
            case "time":
                return persona.TimeOfDay;
            case "user":
                return state.UserName ?? "you";
            case "gibberish":
                return UserStyle.Gibberish(random);
            case "control":
                return UserStyle.Control(random, split);
        }
        if (!state.Values.TryGetValue(slot, out string? value))
        {
            if (!topic.HasSlot(slot))
            {
                throw new GrammarException($"{topic.Name}: no slot '{slot}'");
            }
            state.Values[slot] = value =
                madeUp is null || split == Split.HeldOut ? Pick(random, topic.Values(slot, split))
                : slot == "person" ? madeUp.Name(random, topic.Values(slot, split))
                : madeUp.Value(random, topic, slot);
        }
        return value;
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
