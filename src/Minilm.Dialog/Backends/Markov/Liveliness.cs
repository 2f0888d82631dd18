namespace Minilm.Dialog.Backends.Markov;

/// <summary>
/// How lively personality traits make a character, from 0 to 1: 0.5 plus half the difference between the mean of the
/// lively traits and the mean of the calm ones. Traits are recognized by the start of their names; others are ignored.
/// </summary>
internal static class Liveliness
{
    /// <summary>A character that is neither lively nor calm.</summary>
    public const double Neutral = 0.5;

    private static readonly string[] Lively =
        ["energ", "play", "spontan", "chao", "unpredict", "intens", "flirt", "curio", "rebel", "express", "excit", "cheer", "lively", "mischie", "adventur", "bold", "silly", "sarcas"];

    private static readonly string[] Calm =
        ["calm", "shy", "serious", "gentle", "patien", "analytic", "reserved", "quiet", "sensitiv", "peace", "disciplin", "cautio", "scholar", "stoic", "grump", "formal"];

    /// <summary>Computes the liveliness.</summary>
    /// <param name="traits">Their strength from 0 to 1, by name; null means none.</param>
    public static double Of(IReadOnlyDictionary<string, double>? traits)
    {
        if (traits is null)
        {
            return Neutral;
        }

        double lively = 0;
        double calm = 0;
        int livelyCount = 0;
        int calmCount = 0;
        foreach ((string name, double strength) in traits)
        {
            if (!double.IsFinite(strength))
            {
                continue;
            }

            if (StartsWithAny(name, Lively))
            {
                lively += Math.Clamp(strength, 0, 1);
                livelyCount++;
            }
            else if (StartsWithAny(name, Calm))
            {
                calm += Math.Clamp(strength, 0, 1);
                calmCount++;
            }
        }

        return Neutral + (0.5 * ((lively / Math.Max(1, livelyCount)) - (calm / Math.Max(1, calmCount))));
    }

    private static bool StartsWithAny(string name, string[] stems)
    {
        foreach (string stem in stems)
        {
            if (name.StartsWith(stem, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
