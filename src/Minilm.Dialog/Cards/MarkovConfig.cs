using System.Text.Json;

namespace Minilm.Dialog.Cards;

/// <summary>Settings of the backend <c>markov_chain</c>: the object <c>dialogBackend.backends.markov_chain</c> of a card, or the member <c>markov_chain</c> of <c>llm</c> when that is missing or empty.</summary>
public sealed record MarkovConfig
{
    private const int MostWords = 50;
    private const double HottestTemperature = 2;

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
        JsonSection section = new(settings, jsonPath);
        MarkovConfig absent = new();
        int maxWords = section.Whole("maxWords", absent.MaxWords, 1, MostWords);
        int minWords = section.Whole("minWords", Math.Min(absent.MinWords, maxWords), 1, section.Has("maxWords") ? maxWords : MostWords);
        double hottest = section.Number("temperatureMax", absent.TemperatureMax, 0, HottestTemperature);
        double coolest = section.Number("temperatureMin", Math.Min(absent.TemperatureMin, hottest), 0, section.Has("temperatureMax") ? hottest : HottestTemperature);
        MarkovConfig config = new()
        {
            ChainOrder = section.Whole("chainOrder", absent.ChainOrder, 1, 5),
            MinWords = minWords,
            MaxWords = Math.Max(minWords, maxWords),
            TemperatureMin = coolest,
            TemperatureMax = Math.Max(coolest, hottest),
            TrainingData = section.Lines("trainingData"),
            UsePersonality = section.Flag("usePersonality", absent.UsePersonality),
            TriggerSpecific = section.Flag("triggerSpecific", absent.TriggerSpecific),
            FallbackPhrases = section.Lines("fallbackPhrases"),
            LearningRate = section.Number("learningRate", absent.LearningRate, 0, 1),
        };
        return config with { UnknownKeys = section.UnknownKeys };
    }
}
