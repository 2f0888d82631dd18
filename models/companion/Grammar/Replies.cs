namespace Minilm.Companion.Grammar;

/// <summary>What the temperaments say in one situation.</summary>
internal sealed class Replies
{
    private readonly List<Entry>[] _entries = [.. Temperaments.All.Select(_ => new List<Entry>())];

    private sealed record Entry(Pattern Pattern, string Condition, bool NamesUser);

    public void Add(GrammarLine line)
    {
        if (line.Condition is not ("" or "happy" or "neutral" or "sad" or "named" or "unnamed"))
        {
            throw line.Error($"unknown condition '{line.Condition}'");
        }
        Pattern pattern = line.Pattern();
        _entries[(int)Enum.Parse<Temperament>(line.Key, ignoreCase: true)].Add(new Entry(pattern, line.Condition, pattern.Slots.Contains("user", StringComparer.Ordinal)));
    }

    public IEnumerable<Pattern> Of(Temperament temperament) => _entries[(int)temperament].Select(entry => entry.Pattern);

    /// <summary>Chooses a pattern; one that the mood asks for comes before the others half of the time.</summary>
    public Pattern Choose(Random random, Temperament temperament, MoodBand mood, bool isUserKnown)
    {
        string moodKey = mood.ToString().ToLowerInvariant();
        List<Entry> entries = _entries[(int)temperament];
        Entry[] fitting = [.. entries.Where(entry => (isUserKnown || !entry.NamesUser)
            && (entry.Condition.Length == 0 || string.Equals(entry.Condition, moodKey, StringComparison.Ordinal)
                || string.Equals(entry.Condition, isUserKnown ? "named" : "unnamed", StringComparison.Ordinal)))];
        Entry[] special = [.. fitting.Where(entry => entry.Condition.Length > 0)];
        Entry[] from = special.Length > 0 && random.Next(2) == 0 ? special : fitting;
        return from[random.Next(from.Length)].Pattern;
    }
}
