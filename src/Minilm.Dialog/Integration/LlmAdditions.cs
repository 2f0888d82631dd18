using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Integration;

/// <summary>The members that are added to a card that lacks them.</summary>
internal static class LlmAdditions
{
    private const string Backend = BackendNames.Llm;

    private static readonly string[] Chain = [$"\"{BackendNames.Markov}\"", $"\"{BackendNames.SimpleRandom}\""];

    /// <summary>Gets the members of <c>dialogBackend</c>.</summary>
    /// <param name="currentDefault">The default backend that the card keeps, as written in the card; null when it is set to <c>llm</c>.</param>
    /// <param name="text">The strings of the card.</param>
    /// <param name="options">What to add.</param>
    public static IReadOnlyList<JsonAddedMember> DialogBackend(string? currentDefault, CardText text, CardIntegratorOptions options) =>
    [
        new("enabled", "true"),
        new("defaultBackend", $"\"{Backend}\""),
        new("fallbackChain", new JsonAddition.ShortList(FallbackChain(currentDefault, options.Activate))),
        new("confidenceThreshold", "0.6"),
        new("memoryEnabled", "true"),
        new("learningEnabled", "false"),
        new("backends", new JsonAddition.Members([new(Backend, new JsonAddition.Members(Llm(text, options)))])),
    ];

    /// <summary>Gets the members of <c>dialogBackend.backends.llm</c>.</summary>
    public static IReadOnlyList<JsonAddedMember> Llm(CardText text, CardIntegratorOptions options) =>
    [
        ModelPath(text, options),
        new("maxTokens", "50"),
        new("contextSize", "2048"),
        new("threads", "4"),
        new("maxHistoryLength", "5"),
        new("timeoutMs", "2000"),
        new("fallbackEnabled", "true"),
        new("markov_chain", new JsonAddition.Members(
        [
            new("chainOrder", "2"),
            new("minWords", "3"),
            new("maxWords", "12"),
            new("temperatureMin", "0.4"),
            new("temperatureMax", "0.8"),
            new("usePersonality", "true"),
            new("trainingData", new JsonAddition.LongList(text.TrainingData())),
            new("fallbackPhrases", new JsonAddition.LongList(text.FallbackPhrases())),
        ])),
    ];

    public static JsonAddedMember ModelPath(CardText text, CardIntegratorOptions options) => new("modelPath", text.Quote(options.ModelPath));

    /// <summary>When the card has another default and no chain yet, the model becomes the first entry; otherwise it would never be asked.</summary>
    private static List<string> FallbackChain(string? currentDefault, bool activate)
    {
        string name = currentDefault is null ? Backend : CardText.Unescape(currentDefault);
        if (name == Backend)
        {
            return [.. Chain];
        }
        IEnumerable<string> others = Chain.Where(entry => CardText.Unescape(entry) != name);
        return [.. !activate ? others.Prepend($"\"{Backend}\"") : name.Length == 0 ? others : others.Prepend(currentDefault!)];
    }
}
