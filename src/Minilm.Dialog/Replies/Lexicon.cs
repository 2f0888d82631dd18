using System.Collections.Frozen;
using Minilm.Abstractions;

namespace Minilm.Dialog.Replies;

/// <summary>The words and emoji of each category; every word form is listed, in lower case.</summary>
internal static class Lexicon
{
    /// <summary>The length of the longest word; longer ones need no lookup.</summary>
    internal const int MaxWordLength = 20;

    private static readonly (LexiconCategories Categories, string Words)[] Words =
    [
        (LexiconCategories.Love | LexiconCategories.TopicRomance, "love loves loved loving beloved heart hearts sweetheart sweethearts darling adore adores adored adoring kiss kisses kissed kissing romance romantic"),
        (LexiconCategories.Flirting | LexiconCategories.TopicRomance, "flirt flirts flirted flirting flirty tease teases teasing wink winks winking cutie gorgeous"),
        (LexiconCategories.TopicRomance, "crush dating girlfriend boyfriend valentine cuddle cuddles cuddled cuddling"),
        (LexiconCategories.Shy, "shy shyly bashful blush blushes blushed blushing embarrassed embarrassing nervous nervously timid flustered"),
        (LexiconCategories.Jealous, "jealous jealousy envious"),
        (LexiconCategories.Eating | LexiconCategories.TopicFood, "eat eats ate eaten eating bite bites munch munches munching nibble nibbles nibbling chew chews chewing snack snacks snacking yum yummy tasty delicious"),
        (LexiconCategories.Hungry | LexiconCategories.TopicFood, "hungry hunger starving famished"),
        (LexiconCategories.TopicFood, "food foods feed feeds fed feeding meal meals breakfast lunch dinner supper dessert cook cooks cooked cooking bake bakes baked baking recipe recipes cake cakes cookie cookies pizza bread soup fruit cheese chocolate tea coffee taste tastes"),
        (LexiconCategories.Sad, "sad sadly sadness unhappy cry cries cried crying tears lonely miserable heartbroken depressed gloomy sorrow"),
        (LexiconCategories.Angry, "angry angrily anger furious annoyed annoying irritated grumpy"),
        (LexiconCategories.Excited, "excited excitedly exciting excitement thrilled thrilling wow yay woohoo amazing awesome incredible fantastic hooray yippee"),
        (LexiconCategories.Happy, "happy happily happier happiest happiness glad gladly great wonderful joy joyful delighted delightful cheerful smile smiles smiled smiling pleased lovely fun enjoy enjoys enjoyed enjoying laugh laughs laughed laughing giggle giggles giggling"),
        (LexiconCategories.Tired, "tired sleepy sleep sleeps slept sleeping asleep yawn yawns yawning exhausted nap naps napping"),
        (LexiconCategories.Thinking, "think thinks thought thinking ponder ponders pondering consider considering hmm hm"),
        (LexiconCategories.Thinking | LexiconCategories.Question, "wonder wonders wondered wondering curious question questions"),
        (LexiconCategories.Helping, "help helps helped helping helper helpful support supports supported supporting supportive assist assists assisted assisting assistance advice advise advises"),
        (LexiconCategories.Playing | LexiconCategories.TopicGaming, "play plays played playing game games gamer gamers gaming"),
        (LexiconCategories.TopicGaming, "console controller minecraft chess quest quests multiplayer"),
        (LexiconCategories.Calm, "calm calmly peaceful peacefully relax relaxed relaxing serene"),
        (LexiconCategories.TopicWork, "work works worked working worker job jobs office boss meeting meetings deadline deadlines colleague colleagues coworker coworkers career project projects"),
        (LexiconCategories.TopicStudy, "study studies studied studying school schools homework exam exams university college lesson lessons teacher teachers student students learn learns learned learnt learning"),
        (LexiconCategories.Negation, "not never no cannot hardly without dont isnt cant"), // and all that end in n't
        (LexiconCategories.Intensifier, "very so too really that at all quite a bit feeling feel be exactly particularly"), // these may stand between a negation and the negated word
    ];

    private static readonly (LexiconCategories Categories, string Signs)[] Signs =
    [
        (LexiconCategories.Love | LexiconCategories.TopicRomance, "❤ ♥ 💕 💖 💗 💘 💝 💞 💓 💙 💚 💛 💜 😍 🥰 😘"),
        (LexiconCategories.Flirting, "😉 😏"),
        (LexiconCategories.Shy, "😳 🙈 ☺"),
        (LexiconCategories.Excited, "🎉 🤩 🥳"),
        (LexiconCategories.Happy, "😀 😃 😄 😁 😆 😊 🙂 🤗 😺"),
        (LexiconCategories.Sad, "😢 😭 😞 😿"),
        (LexiconCategories.Angry, "😠 😡"),
        (LexiconCategories.Tired, "😴 🥱"),
        (LexiconCategories.Thinking, "🤔"),
        (LexiconCategories.Eating | LexiconCategories.TopicFood, "😋 🍕 🍰 🍪"),
        (LexiconCategories.Playing | LexiconCategories.TopicGaming, "🎮 🎲"),
        (LexiconCategories.Question, "? ？ ؟ ⁇ ⁈ ⁉"),
    ];

    /// <summary>Gets the categories of each word.</summary>
    internal static FrozenSpanLookup<LexiconCategories> ByWord { get; } = new(
        Words.SelectMany(row => row.Words.Split(' ').Select(word => KeyValuePair.Create(word, row.Categories)))
            .ToFrozenDictionary(StringComparer.Ordinal));

    /// <summary>Gets the categories of each emoji or mark, by code point.</summary>
    internal static FrozenDictionary<int, LexiconCategories> BySign { get; } =
        Signs.SelectMany(row => row.Signs.EnumerateRunes().Where(rune => rune.Value != ' ').Select(rune => KeyValuePair.Create(rune.Value, row.Categories)))
            .ToFrozenDictionary();
}
