using System.Collections.Frozen;
using Minilm.Companion.Grammar;

namespace Minilm.Companion.Dialogs;

/// <summary>Puts what a temperament says in any case around a reply: a word of address, a closing sentence.</summary>
internal sealed class ReplyComposer(CompanionGrammar grammar)
{
    /// <summary>Replies that are longer than this are cut by the dialog system.</summary>
    private const int MostCharacters = 145;

    // Nobody is cheerful about another's trouble.
    private static readonly FrozenSet<string> Grave = FrozenSet.Create(StringComparer.Ordinal, "sadness", "loneliness", "worry", "anger", "health", "tiredness", "rudeness", "apology");

    public string Compose(Random random, Persona persona, string? userName, Topic topic, string core)
    {
        Voice voice = grammar.VoiceOf(persona.Temperament);
        string mood = persona.MoodBand.ToString().ToLowerInvariant();
        bool isMoody = persona.MoodBand == MoodBand.Sad || (persona.MoodBand == MoodBand.Happy && !Grave.Contains(topic.Name));
        string reply = random.Next(8) == 0 ? Address(random, voice, userName, core) : core;

        IReadOnlyList<Pattern> closers = random.NextDouble() switch
        {
            < 0.5 when isMoody => voice[$"close/{mood}"],
            >= 0.5 and < 0.56 => voice[$"close/{persona.TimeOfDay}"],
            >= 0.56 and < 0.64 when persona.Closeness is { } closeness => voice[$"close/{closeness}"],
            _ => [],
        };
        string closer = Expand(random, closers);
        return closer.Length > 0 && closer.Length + reply.Length < MostCharacters ? $"{reply} {closer}" : reply;
    }

    // "Tea is warm." becomes "Tea is warm, Ada.": only where one sentence ends in one sign.
    private static string Address(Random random, Voice voice, string? userName, string core)
    {
        string address = userName ?? Expand(random, voice["address"]);
        int end = core.IndexOfAny(['.', '!', '?']);
        if (address.Length == 0 || end != core.Length - 1 || core.Contains(address, StringComparison.OrdinalIgnoreCase))
        {
            return core;
        }
        return $"{core[..end]}, {(userName is null ? char.ToLowerInvariant(address[0]) + address[1..] : address)}{core[end]}";
    }

    private static string Expand(Random random, IReadOnlyList<Pattern> patterns) =>
        patterns.Count == 0 ? "" : patterns[random.Next(patterns.Count)].Expand(random, slot => throw new GrammarException($"voices have no slot '{slot}'"));
}
