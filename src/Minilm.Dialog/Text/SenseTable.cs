using System.Collections.Frozen;

namespace Minilm.Dialog.Text;

/// <summary>The words and pictures that tell something, each form by itself, in lower case.</summary>
internal static class SenseTable
{
    /// <summary>Longer words are in no table.</summary>
    internal const int LongestWord = 20;

    private static readonly (Senses Senses, string Words)[] Words =
    [
        (Senses.Love | Senses.TopicRomance, "love loves loved loving beloved heart hearts sweetheart sweethearts darling adore adores adored adoring kiss kisses kissed kissing romance romantic"),
        (Senses.Flirting | Senses.TopicRomance, "flirt flirts flirted flirting flirty tease teases teasing wink winks winking cutie gorgeous"),
        (Senses.TopicRomance, "crush dating girlfriend boyfriend valentine cuddle cuddles cuddled cuddling"),
        (Senses.Shy, "shy shyly bashful blush blushes blushed blushing embarrassed embarrassing nervous nervously timid flustered"),
        (Senses.Jealous, "jealous jealousy envious"),
        (Senses.Eating | Senses.TopicFood, "eat eats ate eaten eating bite bites munch munches munching nibble nibbles nibbling chew chews chewing snack snacks snacking yum yummy tasty delicious"),
        (Senses.Hungry | Senses.TopicFood, "hungry hunger starving famished"),
        (Senses.TopicFood, "food foods feed feeds fed feeding meal meals breakfast lunch dinner supper dessert cook cooks cooked cooking bake bakes baked baking recipe recipes cake cakes cookie cookies pizza bread soup fruit cheese chocolate tea coffee taste tastes"),
        (Senses.Sad, "sad sadly sadness unhappy cry cries cried crying tears lonely miserable heartbroken depressed gloomy sorrow"),
        (Senses.Angry, "angry angrily anger furious annoyed annoying irritated grumpy"),
        (Senses.Excited, "excited excitedly exciting excitement thrilled thrilling wow yay woohoo amazing awesome incredible fantastic hooray yippee"),
        (Senses.Happy, "happy happily happier happiest happiness glad gladly great wonderful joy joyful delighted delightful cheerful smile smiles smiled smiling pleased lovely fun enjoy enjoys enjoyed enjoying laugh laughs laughed laughing giggle giggles giggling"),
        (Senses.Tired, "tired sleepy sleep sleeps slept sleeping asleep yawn yawns yawning exhausted nap naps napping"),
        (Senses.Thinking, "think thinks thought thinking ponder ponders pondering consider considering hmm hm"),
        (Senses.Thinking | Senses.Question, "wonder wonders wondered wondering curious question questions"),
        (Senses.Helping, "help helps helped helping helper helpful support supports supported supporting supportive assist assists assisted assisting assistance advice advise advises"),
        (Senses.Playing | Senses.TopicGaming, "play plays played playing game games gamer gamers gaming"),
        (Senses.TopicGaming, "console controller minecraft chess quest quests multiplayer"),
        (Senses.Calm, "calm calmly peaceful peacefully relax relaxed relaxing serene"),
        (Senses.TopicWork, "work works worked working worker job jobs office boss meeting meetings deadline deadlines colleague colleagues coworker coworkers career project projects"),
        (Senses.TopicStudy, "study studies studied studying school schools homework exam exams university college lesson lessons teacher teachers student students learn learns learned learnt learning"),
        (Senses.Denial, "not never no cannot hardly without dont isnt cant"), // and all that end in n't
        (Senses.Degree, "very so too really that at all quite a bit feeling feel be exactly particularly"), // a denial reaches over these
    ];

    private static readonly (Senses Senses, string Signs)[] Signs =
    [
        (Senses.Love | Senses.TopicRomance, "❤ ♥ 💕 💖 💗 💘 💝 💞 💓 💙 💚 💛 💜 😍 🥰 😘"),
        (Senses.Flirting, "😉 😏"),
        (Senses.Shy, "😳 🙈 ☺"),
        (Senses.Excited, "🎉 🤩 🥳"),
        (Senses.Happy, "😀 😃 😄 😁 😆 😊 🙂 🤗 😺"),
        (Senses.Sad, "😢 😭 😞 😿"),
        (Senses.Angry, "😠 😡"),
        (Senses.Tired, "😴 🥱"),
        (Senses.Thinking, "🤔"),
        (Senses.Eating | Senses.TopicFood, "😋 🍕 🍰 🍪"),
        (Senses.Playing | Senses.TopicGaming, "🎮 🎲"),
        (Senses.Question, "? ？ ؟ ⁇ ⁈ ⁉"),
    ];

    /// <summary>Gets what each word tells.</summary>
    internal static FrozenDictionary<string, Senses>.AlternateLookup<ReadOnlySpan<char>> ByWord { get; } =
        Words.SelectMany(row => row.Words.Split(' ').Select(word => KeyValuePair.Create(word, row.Senses)))
            .ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Gets what each picture or mark tells, by code point.</summary>
    internal static FrozenDictionary<int, Senses> BySign { get; } =
        Signs.SelectMany(row => row.Signs.EnumerateRunes().Where(rune => rune.Value != ' ').Select(rune => KeyValuePair.Create(rune.Value, row.Senses)))
            .ToFrozenDictionary();
}
