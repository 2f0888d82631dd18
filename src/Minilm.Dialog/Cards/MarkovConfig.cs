namespace Minilm.Dialog.Cards;

/// <summary>Settings of the backend <c>markov_chain</c>: the object <c>dialogBackend.backends.markov_chain</c> of a card.</summary>
public sealed record MarkovConfig
{
    /// <summary>Gets how many words decide about the next, from 1 to 5.</summary>
    public int ChainOrder { get; init; } = 2;

    /// <summary>Gets the fewest words of a response, from 1.</summary>
    public int MinWords { get; init; } = 3;

    /// <summary>Gets the most words of a response, up to 50.</summary>
    public int MaxWords { get; init; } = 12;

    /// <summary>Gets the lowest temperature, from 0.</summary>
    public double TemperatureMin { get; init; } = 0.4;

    /// <summary>Gets the highest temperature, up to 2.</summary>
    public double TemperatureMax { get; init; } = 0.8;

    /// <summary>Gets the lines that the chain learns from.</summary>
    public IReadOnlyList<string> TrainingData { get; init; } = [];

    /// <summary>Gets a value indicating whether personality traits choose the temperature.</summary>
    public bool UsePersonality { get; init; } = true;

    /// <summary>Gets a value indicating whether the card's lines for the trigger weigh more.</summary>
    public bool TriggerSpecific { get; init; }

    /// <summary>Gets lines to say when the chain finds no words.</summary>
    public IReadOnlyList<string> FallbackPhrases { get; init; } = [];

    /// <summary>Gets how much a liked response adds to its transitions, from 0 (nothing) to 1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Gets the keys that are not known, to be reported.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];
}
