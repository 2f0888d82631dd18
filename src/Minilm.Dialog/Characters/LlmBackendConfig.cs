using System.Text.Json;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Cards;

/// <summary>Settings of the backend <c>llm</c>: the object <c>dialogBackend.backends.llm</c> of a card.</summary>
public sealed record LlmBackendConfig
{
    private const string TheModels = "the one that the model recommends";

    /// <summary>Gets the GGUF file; a relative path is resolved against the card's folder. Required.</summary>
    public string ModelPath { get; init; } = "";

    /// <summary>Gets the maximum number of tokens of a reply, from 1 to 4096.</summary>
    public int MaxTokens { get; init; } = 50;

    /// <summary>Gets the temperature from 0 to 2. Default: the model's.</summary>
    public float? Temperature { get; init; }

    /// <summary>Gets the nucleus sampling probability (top-p) from 0 to 1. Default: the model's.</summary>
    public float? TopP { get; init; }

    /// <summary>Gets how many of the most likely tokens are considered; 0 considers all. Default: the model's.</summary>
    public int? TopK { get; init; }

    /// <summary>Gets the repetition penalty, from 0.1 to 10; 1 disables it. Default: the model's.</summary>
    public float? RepeatPenalty { get; init; }

    /// <summary>Gets the context size in tokens, up to 1,048,576; 0 uses 2048. Reduced to what the model was trained for.</summary>
    public int ContextSize { get; init; } = 2048;

    /// <summary>Gets the number of threads, up to 1024; 0 uses the number of physical cores.</summary>
    public int Threads { get; init; } = 4;

    /// <summary>Gets the settings of a Markov chain whose training data describe the personality in the prompt, and whose fallback phrases serve as fallback lines; null when there is none.</summary>
    public MarkovConfig? MarkovChain { get; init; }

    /// <summary>Gets the maximum number of past exchanges in a prompt, from 0 to 1000.</summary>
    public int MaxHistoryLength { get; init; } = 10;

    /// <summary>Gets the time limit of a reply in milliseconds, from when the model is loaded; 0 is unlimited.</summary>
    public int TimeoutMs { get; init; } = 2000;

    /// <summary>Gets a value indicating whether a failure yields a fallback line with confidence 0.3 instead of an exception.</summary>
    public bool FallbackEnabled { get; init; } = true;

    /// <summary>Gets the fallback lines; empty uses those of <see cref="MarkovChain"/>.</summary>
    public IReadOnlyList<string> FallbackPhrases { get; init; } = [];

    /// <summary>Gets the instruction at the start of each prompt; null generates one from the card's name and description. May be a template.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Gets the weight of the personality in the prompt, from 0 (none) to 2; 1 is normal.</summary>
    public double PersonalityWeight { get; init; } = 1.0;

    /// <summary>Gets the weight of the mood in the prompt, from 0 (none) to 1.</summary>
    public double MoodInfluence { get; init; } = 0.7;

    /// <summary>Gets a value indicating whether this backend answers.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Gets a value indicating whether the mock model is used instead of a real one.</summary>
    public bool MockMode { get; init; }

    /// <summary>Gets a value indicating whether prompts and replies are logged.</summary>
    public bool Debug { get; init; }

    /// <summary>Gets the time limit of generation alone in milliseconds, not counting the wait for other dialogs of this character; 0 is unlimited.</summary>
    public int MaxGenerationTime { get; init; }

    /// <summary>Gets for how many seconds the backend is out of service after it kept failing.</summary>
    public int HealthCheckInterval { get; init; } = 60;

    /// <summary>Gets how many dialogs of this character may use the model at once, from 1 to 1024; others wait for their turn.</summary>
    public int ConcurrentRequests { get; init; } = 2;

    /// <summary>Gets the unknown keys, to be reported.</summary>
    public IReadOnlyList<string> UnknownKeys { get; init; } = [];

    /// <summary>Parses the settings. A missing or null member takes its default.</summary>
    /// <param name="settings">The JSON object.</param>
    /// <param name="jsonPath">Its JSON path in the card, for messages.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="CardException">The model path is missing, or a value is of the wrong type or out of its range.</exception>
    public static LlmBackendConfig Parse(JsonElement settings, string jsonPath)
    {
        JsonObjectReader reader = new(settings, jsonPath);
        LlmBackendConfig defaults = new();
        string? modelPath = reader.String("modelPath");
        if (string.IsNullOrWhiteSpace(modelPath))
        {
            string path = reader.PathOf("modelPath");
            throw new CardException($"{path} is {(modelPath is null ? "missing" : "blank")}: model path is required. Name a GGUF file; a relative path is resolved against the card's folder.", path);
        }

        if (modelPath.Contains('\0', StringComparison.Ordinal))
        {
            string path = reader.PathOf("modelPath");
            throw new CardException($"{path} has a character U+0000, which no path can have. Remove it.", path);
        }

        int contextSize = reader.Integer("contextSize", defaults.ContextSize, 0, 1 << 20);
        string? systemPrompt = reader.String("systemPrompt");
        LlmBackendConfig config = new()
        {
            ModelPath = modelPath,
            MaxTokens = reader.Integer("maxTokens", defaults.MaxTokens, 1, 4096),
            Temperature = (float?)reader.Number("temperature", 0, 2, TheModels),
            TopP = (float?)reader.Number("topP", 0, 1, TheModels),
            TopK = reader.Integer("topK", 0, int.MaxValue, TheModels),
            RepeatPenalty = (float?)reader.Number("repeatPenalty", 0.1, 10, TheModels),
            ContextSize = contextSize == 0 ? defaults.ContextSize : contextSize,
            Threads = reader.Integer("threads", defaults.Threads, 0, 1024),
            MarkovChain = reader.TryGet("markov_chain", out JsonElement chain) ? MarkovConfig.Parse(chain, reader.PathOf("markov_chain")) : null,
            MaxHistoryLength = reader.Integer("maxHistoryLength", defaults.MaxHistoryLength, 0, 1000),
            TimeoutMs = reader.Integer("timeoutMs", defaults.TimeoutMs, 0, int.MaxValue),
            FallbackEnabled = reader.Boolean("fallbackEnabled", defaults.FallbackEnabled),
            FallbackPhrases = reader.Strings("fallbackPhrases"),
            SystemPrompt = string.IsNullOrWhiteSpace(systemPrompt) ? null : systemPrompt,
            PersonalityWeight = reader.Number("personalityWeight", defaults.PersonalityWeight, 0, 2),
            MoodInfluence = reader.Number("moodInfluence", defaults.MoodInfluence, 0, 1),
            Enabled = reader.Boolean("enabled", defaults.Enabled),
            MockMode = reader.Boolean("mockMode", defaults.MockMode),
            Debug = reader.Boolean("debug", defaults.Debug),
            MaxGenerationTime = reader.Integer("maxGenerationTime", defaults.MaxGenerationTime, 0, int.MaxValue),
            HealthCheckInterval = reader.Integer("healthCheckInterval", defaults.HealthCheckInterval, 0, int.MaxValue),
            ConcurrentRequests = reader.Integer("concurrentRequests", defaults.ConcurrentRequests, 1, 1024),
        };
        return config with { UnknownKeys = reader.UnknownKeys };
    }
}
