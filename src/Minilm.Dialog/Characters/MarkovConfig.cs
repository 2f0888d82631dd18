using System.Text.Json;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Cards;

/// <summary>Settings of the backend <c>markov_chain</c>: the object <c>dialogBackend.backends.markov_chain</c> of a card, or the member <c>markov_chain</c> of <c>llm</c> when that is missing or empty.</summary>
public sealed record MarkovConfig
{
    private const int MaxWordsLimit = 50;
    private const double MaxTemperature = 2;

    /// <summary>Gets the order of the chain, from 1 to 5: how many preceding words determine the next.</summary>
    public int ChainOrder { get; init; } = 2;

    /// <summary>Gets the minimum number of words of a response, at least 1.</summary>
    public int MinWords { get; init; } = 3;

    /// <summary>Gets the maximum number of words of a response, at most 50.</summary>
    public int MaxWords { get; init; } = 12;

    /// <summary>Gets the lowest temperature, at least 0.</summary>
    public double TemperatureMin { get; init; } = 0.4;

    /// <summary>Gets the highest temperature, at most 2.</summary>
    public double TemperatureMax { get; init; } = 0.8;

    /// <summary>Gets the lines that the chain learns from.</summary>
    public IReadOnlyList<string> TrainingData { get; init; } = [];

    /// <summary>Gets a value indicating whether personality traits determine the temperature.</summary>
    public bool UsePersonality { get; init; } = true;

    /// <summary>Gets a value indicating whether the card's lines for the trigger weigh more.</summary>
    public bool TriggerSpecific { get; init; }

    /// <summary>Gets the fallback lines for when the chain has too little training data.</summary>
    public IReadOnlyList<string> FallbackPhrases { get; init; } = [];

    /// <summary>Gets how much a liked response strengthens its transitions, from 0 (not at all) to 1.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>Gets the unknown keys, to be reported.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];

    /// <summary>Parses the settings. A missing or null member takes its default; the default of one bound is adjusted when only the other is given.</summary>
    /// <param name="settings">The JSON object.</param>
    /// <param name="jsonPath">Its JSON path in the card, for messages.</param>
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
