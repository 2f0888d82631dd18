using Minilm.Dialog.Replies;

namespace Minilm.Dialog.Text;

/// <summary>
/// Derives animation, tone, type and topics from the words of a reply. Whole words count ("Great" is not "eat"): English
/// ones and common emoji, regardless of the culture. Negated words ("not happy") count for topics only.
/// </summary>
public static class ReplyAnalysis
{
    // The first rule that matches the text, with the first of its animations that the card has.
    private static readonly (LexiconCategories Categories, string[] Animations)[] AnimationRules =
    [
        (LexiconCategories.Love, ["heart_eyes", "excited_romance", "romantic_idle", "blushing", "happy"]),
        (LexiconCategories.Flirting, ["flirty", "blushing"]),
        (LexiconCategories.Jealous, ["jealous"]),
        (LexiconCategories.Shy, ["shy", "blushing"]),
        (LexiconCategories.Eating, ["eating", "hungry"]),
        (LexiconCategories.Hungry, ["hungry", "eating"]),
        (LexiconCategories.Angry, ["angry"]),
        (LexiconCategories.Sad, ["sad"]),
        (LexiconCategories.Excited, ["excited", "enthusiastic", "energetic", "happy"]),
        (LexiconCategories.Happy, ["happy", "excited"]),
        (LexiconCategories.Tired, ["sleeping", "tired"]),
        (LexiconCategories.Playing, ["playing"]),
        (LexiconCategories.Helping, ["helpful", "supportive", "caring"]),
        (LexiconCategories.Thinking, ["thinking"]),
        (LexiconCategories.Calm, ["peaceful", "calm"]),
    ];

    private static readonly (LexiconCategories Categories, string Type)[] TypeRules =
        [(LexiconCategories.Love, "romantic"), (LexiconCategories.Helping, "helpful"), (LexiconCategories.Question, "inquisitive")];

    private static readonly (LexiconCategories Categories, string Tone)[] ToneRules =
        [(LexiconCategories.Excited, "excited"), (LexiconCategories.Happy, "happy"), (LexiconCategories.Shy, "shy")];

    private static readonly (LexiconCategories Categories, string Topic)[] TopicRules =
    [
        (LexiconCategories.TopicFood, "food"),
        (LexiconCategories.TopicGaming, "gaming"),
        (LexiconCategories.TopicRomance, "romance"),
        (LexiconCategories.TopicWork, "work"),
        (LexiconCategories.TopicStudy, "study"),
    ];

    /// <summary>Creates a response from a text, with what its words tell.</summary>
    /// <param name="text">The reply.</param>
    /// <param name="animations">The names of the card's animations.</param>
    /// <param name="animation">The animation to use when none fits.</param>
    /// <returns>A response with text, animation, tone, type and topics.</returns>
    public static DialogResponse Describe(string text, IReadOnlyCollection<string> animations, string animation = DialogResponse.DefaultAnimation)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(animations);
        ArgumentNullException.ThrowIfNull(animation);
        LexiconCategories categories = LexiconScanner.Scan(text);
        return new DialogResponse
        {
            Text = text,
            Animation = Animation(categories, animations, animation),
            Tone = First(ToneRules, categories) ?? DialogResponse.DefaultTone,
            Type = First(TypeRules, categories) ?? DialogResponse.DefaultType,
            Topics = Topics(categories),
        };
    }

    /// <summary>Chooses the animation that fits a text.</summary>
    /// <param name="text">The reply.</param>
    /// <param name="available">The names of the card's animations.</param>
    /// <param name="fallback">The animation to use when none fits.</param>
    /// <returns>A name in <paramref name="available"/>: one that fits; else the fallback, <c>idle</c>, or the first in ordinal order. The fallback itself when none is available.</returns>
    public static string Animation(string text, IReadOnlyCollection<string> available, string fallback = DialogResponse.DefaultAnimation)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(available);
        ArgumentNullException.ThrowIfNull(fallback);
        return Animation(LexiconScanner.Scan(text), available, fallback);
    }

    private static string Animation(LexiconCategories categories, IReadOnlyCollection<string> available, string fallback)
    {
        foreach ((LexiconCategories category, string[] animations) in AnimationRules)
        {
            if ((categories & category) == LexiconCategories.None)
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

    /// <summary>Determines the type of a reply.</summary>
    /// <param name="text">The reply.</param>
    /// <returns>The first that applies of <c>romantic</c>, <c>helpful</c> and <c>inquisitive</c>; else <c>casual</c>.</returns>
    public static string Type(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return First(TypeRules, LexiconScanner.Scan(text)) ?? DialogResponse.DefaultType;
    }

    /// <summary>Determines the tone of a reply.</summary>
    /// <param name="text">The reply.</param>
    /// <returns>The first that applies of <c>excited</c>, <c>happy</c> and <c>shy</c>; else <c>neutral</c>.</returns>
    public static string Tone(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return First(ToneRules, LexiconScanner.Scan(text)) ?? DialogResponse.DefaultTone;
    }

    /// <summary>Determines the topics of a reply; negated words count as well.</summary>
    /// <param name="text">The reply.</param>
    /// <returns>Those of <c>food</c>, <c>gaming</c>, <c>romance</c>, <c>work</c> and <c>study</c> that it touches, in this order.</returns>
    public static IReadOnlyList<string> Topics(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Topics(LexiconScanner.Scan(text));
    }

    private static IReadOnlyList<string> Topics(LexiconCategories categories) =>
        (categories & LexiconCategories.Topics) == LexiconCategories.None ? [] : [.. TopicRules.Where(rule => (categories & rule.Categories) != LexiconCategories.None).Select(rule => rule.Topic)];

    // Not the collection's own Contains: in a set that ignores case it would accept a name that the card does not have.
    private static bool Has(IReadOnlyCollection<string> available, string name) => available.Contains(name, StringComparer.Ordinal);

    private static string? First((LexiconCategories Categories, string Value)[] rules, LexiconCategories categories)
    {
        foreach ((LexiconCategories category, string value) in rules)
        {
            if ((categories & category) != LexiconCategories.None)
            {
                return value;
            }
        }
        return null;
    }
}
