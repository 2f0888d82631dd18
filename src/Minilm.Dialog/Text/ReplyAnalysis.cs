namespace Minilm.Dialog.Text;

/// <summary>
/// Tells from the words of a reply what a character shows and feels. Whole words count ("Great" is not "eat"),
/// English ones and common pictures, in every culture alike; what is denied ("not happy") does not count.
/// </summary>
public static class ReplyAnalysis
{
    // The first that the text tells and the card has is taken.
    private static readonly (Senses Senses, string[] Animations)[] AnimationRules =
    [
        (Senses.Love, ["heart_eyes", "excited_romance", "romantic_idle", "blushing", "happy"]),
        (Senses.Flirting, ["flirty", "blushing"]),
        (Senses.Jealous, ["jealous"]),
        (Senses.Shy, ["shy", "blushing"]),
        (Senses.Eating, ["eating", "hungry"]),
        (Senses.Hungry, ["hungry", "eating"]),
        (Senses.Angry, ["angry"]),
        (Senses.Sad, ["sad"]),
        (Senses.Excited, ["excited", "enthusiastic", "energetic", "happy"]),
        (Senses.Happy, ["happy", "excited"]),
        (Senses.Tired, ["sleeping", "tired"]),
        (Senses.Playing, ["playing"]),
        (Senses.Helping, ["helpful", "supportive", "caring"]),
        (Senses.Thinking, ["thinking"]),
        (Senses.Calm, ["peaceful", "calm"]),
    ];

    private static readonly (Senses Senses, string Type)[] TypeRules =
        [(Senses.Love, "romantic"), (Senses.Helping, "helpful"), (Senses.Question, "inquisitive")];

    private static readonly (Senses Senses, string Tone)[] ToneRules =
        [(Senses.Excited, "excited"), (Senses.Happy, "happy"), (Senses.Shy, "shy")];

    private static readonly (Senses Senses, string Topic)[] TopicRules =
    [
        (Senses.TopicFood, "food"),
        (Senses.TopicGaming, "gaming"),
        (Senses.TopicRomance, "romance"),
        (Senses.TopicWork, "work"),
        (Senses.TopicStudy, "study"),
    ];

    /// <summary>Makes a response of a text, with all that its words tell.</summary>
    /// <param name="text">The reply.</param>
    /// <param name="animations">The names of the card's animations.</param>
    /// <param name="animation">The animation when none fits.</param>
    /// <returns>A response with text, animation, tone, type and topics.</returns>
    public static DialogResponse Describe(string text, IReadOnlyCollection<string> animations, string animation = DialogResponse.DefaultAnimation)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(animations);
        ArgumentNullException.ThrowIfNull(animation);
        Senses senses = SenseScanner.Scan(text);
        return new DialogResponse
        {
            Text = text,
            Animation = Animation(senses, animations, animation),
            Tone = First(ToneRules, senses) ?? DialogResponse.DefaultTone,
            Type = First(TypeRules, senses) ?? DialogResponse.DefaultType,
            Topics = Topics(senses),
        };
    }

    /// <summary>Chooses an animation that fits the text, among those that there are.</summary>
    /// <param name="text">The reply.</param>
    /// <param name="available">The names of the card's animations.</param>
    /// <param name="fallback">The animation when none fits.</param>
    /// <returns>A name out of <paramref name="available"/>: one that fits; else the fallback, <c>idle</c>, or the first in ordinal order. The fallback itself when there are none at all.</returns>
    public static string Animation(string text, IReadOnlyCollection<string> available, string fallback = DialogResponse.DefaultAnimation)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(available);
        ArgumentNullException.ThrowIfNull(fallback);
        return Animation(SenseScanner.Scan(text), available, fallback);
    }

    private static string Animation(Senses senses, IReadOnlyCollection<string> available, string fallback)
    {
        foreach ((Senses sense, string[] animations) in AnimationRules)
        {
            if ((senses & sense) == Senses.None)
            {
                continue;
            }
            foreach (string animation in animations)
            {
                if (Has(available, animation))
                {
                    return animation;
                }
            }
        }
        return available.Count == 0 || Has(available, fallback) ? fallback
            : Has(available, "idle") ? "idle"
            : available.Min(StringComparer.Ordinal)!;
    }

    /// <summary>Tells the kind of a response.</summary>
    /// <param name="text">The reply.</param>
    /// <returns>The first that fits of <c>romantic</c>, <c>helpful</c> and <c>inquisitive</c>; else <c>casual</c>.</returns>
    public static string Type(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return First(TypeRules, SenseScanner.Scan(text)) ?? DialogResponse.DefaultType;
    }

    /// <summary>Tells the tone of a response.</summary>
    /// <param name="text">The reply.</param>
    /// <returns>The first that fits of <c>excited</c>, <c>happy</c> and <c>shy</c>; else <c>neutral</c>.</returns>
    public static string Tone(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return First(ToneRules, SenseScanner.Scan(text)) ?? DialogResponse.DefaultTone;
    }

    /// <summary>Tells what a response touches, denied or not.</summary>
    /// <param name="text">The reply.</param>
    /// <returns>Those of <c>food</c>, <c>gaming</c>, <c>romance</c>, <c>work</c> and <c>study</c> that it touches, in this order.</returns>
    public static IReadOnlyList<string> Topics(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Topics(SenseScanner.Scan(text));
    }

    private static IReadOnlyList<string> Topics(Senses senses) =>
        (senses & Senses.Topics) == Senses.None ? [] : [.. TopicRules.Where(rule => (senses & rule.Senses) != Senses.None).Select(rule => rule.Topic)];

    // Not the collection's own Contains: a set that ignores case would let a name pass that the card spells otherwise.
    private static bool Has(IReadOnlyCollection<string> available, string name) => available.Contains(name, StringComparer.Ordinal);

    private static string? First((Senses Senses, string Value)[] rules, Senses senses)
    {
        foreach ((Senses sense, string value) in rules)
        {
            if ((senses & sense) != Senses.None)
            {
                return value;
            }
        }
        return null;
    }
}
