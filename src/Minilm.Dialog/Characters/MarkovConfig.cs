using System.Text.Json;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Cards;

/// <summary>Settings of the backend <c>markov_chain</c>: the object <c>dialogBackend.backends.markov_chain</c> of a card, or the member <c>markov_chain</c> of <c>llm</c> when that is missing or empty.</summary>
public sealed record MarkovConfig
{
    private const int MaxWordsLimit = 50;
    private const double MaxTemperature = 2;

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

    /// <summary>Reads the settings. What is missing or null takes its default; a default gives way to the other bound where that is given.</summary>
    /// <param name="settings">The object.</param>
    /// <param name="jsonPath">Its place in the card, for messages.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="CardException">A value is of the wrong type or out of its range.</exception>
    public static MarkovConfig Parse(JsonElement settings, string jsonPath)
    {
        JsonObjectReader reader = new(settings, jsonPath);
        MarkovConfig defaults = new();
        int maxWords = reader.Integer("maxWords", defaults.MaxWords, 1, MaxWordsLimit);
        int minWords = reader.Integer("minWords", Math.Min(defaults.MinWords, maxWords), 1, reader.Has("maxWords") ? maxWords : MaxWordsLimit);
        double temperatureMax = reader.Number("temperatureMax", defaults.TemperatureMax, 0, MaxTemperature);
        double temperatureMin = reader.Number("temperatureMin", Math.Min(defaults.TemperatureMin, temperatureMax), 0, reader.Has("temperatureMax") ? temperatureMax : MaxTemperature);
        MarkovConfig config = new()
        {
            ChainOrder = reader.Integer("chainOrder", defaults.ChainOrder, 1, 5),
            MinWords = minWords,
            MaxWords = Math.Max(minWords, maxWords),
            TemperatureMin = temperatureMin,
            TemperatureMax = Math.Max(temperatureMin, temperatureMax),
            TrainingData = reader.Strings("trainingData"),
            UsePersonality = reader.Boolean("usePersonality", defaults.UsePersonality),
            TriggerSpecific = reader.Boolean("triggerSpecific", defaults.TriggerSpecific),
            FallbackPhrases = reader.Strings("fallbackPhrases"),
            LearningRate = reader.Number("learningRate", defaults.LearningRate, 0, 1),
        };
        return config with { UnknownKeys = reader.UnknownKeys };
    }
}
