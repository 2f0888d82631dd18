namespace Minilm.Dialog.Replies;

/// <summary>The categories of words and emoji.</summary>
[Flags]
internal enum LexiconCategories
{
    None = 0,
    Love = 1 << 0,
    Flirting = 1 << 1,
    Shy = 1 << 2,
    Jealous = 1 << 3,
    Eating = 1 << 4,
    Hungry = 1 << 5,
    Sad = 1 << 6,
    Angry = 1 << 7,
    Excited = 1 << 8,
    Happy = 1 << 9,
    Tired = 1 << 10,
    Thinking = 1 << 11,
    Helping = 1 << 12,
    Playing = 1 << 13,
    Calm = 1 << 14,
    Question = 1 << 15,

    // A negated word still belongs to its topic.
    TopicFood = 1 << 16,
    TopicGaming = 1 << 17,
    TopicRomance = 1 << 18,
    TopicWork = 1 << 19,
    TopicStudy = 1 << 20,

    // Words that change how the next ones count.
    Negation = 1 << 21,
    Intensifier = 1 << 22,

    Topics = TopicFood | TopicGaming | TopicRomance | TopicWork | TopicStudy,
}
