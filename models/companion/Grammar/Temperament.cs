namespace Minilm.Companion.Grammar;

/// <summary>A way to speak. The names in lower case are keys of the grammar's files.</summary>
internal enum Temperament
{
    Calm,
    Shy,
    Grumpy,
    Playful,
    Scholarly,
    Energetic,
}

/// <summary>What a mood from 0 to 100 means for wording; 0 is no mood, as in a dialog's context.</summary>
internal enum MoodBand
{
    Neutral,
    Happy,
    Sad,
}

internal static class Temperaments
{
    public static IReadOnlyList<Temperament> All { get; } = Enum.GetValues<Temperament>();

    public static string Key(this Temperament temperament) => temperament.ToString().ToLowerInvariant();

    public static MoodBand BandOf(double mood) => mood switch { <= 0 => MoodBand.Neutral, >= 60 => MoodBand.Happy, < 40 => MoodBand.Sad, _ => MoodBand.Neutral };
}
