using Minilm.Companion.Grammar;
using Minilm.Dialog;
using Minilm.Dialog.Cards;

namespace Minilm.Companion.Dialogs;

/// <summary>Makes personas: those of the project's cards, and others in all the forms that a prompt may have.</summary>
internal sealed class PersonaSampler(CompanionGrammar grammar, MadeUp madeUp, IReadOnlyDictionary<string, CharacterCard> cards)
{
    private const double CardShare = 0.25;

    private static readonly string[] TimesOfDay = ["morning", "afternoon", "evening", "night"];
    private static readonly string[] Closenesses = ["stranger", "acquaintance", "friend", "family"];

    /// <summary>Makes a persona; a held-out one has a name, a creature and a user that training never sees, and is of no card.</summary>
    public Persona Sample(Random random, Split split)
    {
        Temperament temperament = Temperaments.All[random.Next(Temperaments.All.Count)];
        return split == Split.Training && random.NextDouble() < CardShare ? OfCard(random, temperament, split) : New(random, temperament, split);
    }

    /// <summary>Makes the persona of the card that has a temperament, in a state of its own.</summary>
    public Persona OfCard(Random random, Temperament temperament, Split split)
    {
        CharacterCard card = cards[grammar.PersonaLines[$"card/{temperament.Key()}"].Single().Value];
        return WithState(random, split, new Persona
        {
            Temperament = temperament,
            Name = card.Name,
            Creature = card.Description.Split(' ', '.', ',').FirstOrDefault(word => Items("creature").Contains(word, StringComparer.Ordinal)) ?? "creature",
            Description = card.Description,
            SystemPrompt = card.DialogBackend!.Backends["llm"].GetProperty("systemPrompt").GetString(),
            Traits = card.Traits,
            Lines = [],
            TimeOfDay = "",
        });
    }

    private Persona New(Random random, Temperament temperament, Split split)
    {
        string name = NameOf(random, split, grammar.Characters);
        string creature = Pick(random, HeldOut.Of(Items("creature"), split));
        string place = Pick(random, HeldOut.Of(Items("place"), split));
        string adjective = Pick(random, Items($"adjective/{temperament.Key()}"));
        string Expand(string key) => grammar.PersonaLines[key].ElementAt(random.Next(grammar.PersonaLines[key].Count())).Pattern().Expand(random, slot => slot switch
        {
            "name" => name,
            "creature" => creature,
            "place" => place,
            "adjective" => adjective,
            _ => throw new GrammarException($"personas.txt: unknown slot '{slot}'"),
        });

        double form = random.NextDouble();
        string sentence = Expand("sentence");
        if (random.NextDouble() < 0.6)
        {
            sentence += " " + Expand(random.Next(5) == 0 ? "manner" : $"manner/{temperament.Key()}");
        }
        return WithState(random, split, new Persona
        {
            Temperament = temperament,
            Name = name,
            Creature = creature,
            Description = Expand("description"),
            SystemPrompt = form switch
            {
                < 0.76 => sentence + "\n{characterState}",
                < 0.84 => sentence + "\n{personality}\n{characterState}",
                < 0.95 => sentence,
                _ => null,
            },
            Traits = Traits(random, temperament),
            Lines = [.. Enumerable.Range(0, form < 0.76 ? 0 : random.Next(4)).Select(_ => Line(random, temperament, split, name))],
            TimeOfDay = "",
        });
    }

    private Persona WithState(Random random, Split split, Persona persona)
    {
        persona = persona with
        {
            Mood = random.Next(6) == 0 ? 0 : random.Next(1, 101),
            TimeOfDay = Pick(random, TimesOfDay),
            UserName = random.Next(2) == 0 ? null : NameOf(random, split, grammar.People),
        };
        if (random.Next(3) == 0)
        {
            return persona;
        }
        string closeness = Pick(random, Closenesses);
        return persona with { Closeness = closeness, Relationship = Pick(random, Items($"relationship/{closeness}")) };
    }

    private Dictionary<string, double> Traits(Random random, Temperament temperament)
    {
        var traits = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string trait in Items($"trait/{temperament.Key()}").OrderBy(_ => random.Next()).Take(random.Next(1, 3)))
        {
            traits[trait] = random.Next(80, 101) / 100.0;
        }
        if (random.Next(2) == 0)
        {
            traits[Pick(random, Items("trait"))] = random.Next(30, 80) / 100.0;
        }
        return traits;
    }

    // A line that shows the voice, as those of a card's Markov chain do.
    private string Line(Random random, Temperament temperament, Split split, string name)
    {
        Topic topic = Pick(random, grammar.Triggers);
        return topic.Intents[0].Replies.Choose(random, temperament, MoodBand.Neutral, isUserKnown: false)
            .Expand(random, slot => slot == "name" ? name : slot == "time" ? Pick(random, TimesOfDay) : topic.HasSlot(slot) ? Pick(random, topic.Values(slot, split)) : "one");
    }

    private string NameOf(Random random, Split split, IReadOnlyList<string> names) =>
        split == Split.Training ? madeUp.Name(random, HeldOut.Of(names, split)) : Pick(random, HeldOut.Of(names, split));

    private string[] Items(string key) => [.. grammar.PersonaLines[key].SelectMany(line => line.Items())];

    private static T Pick<T>(Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
