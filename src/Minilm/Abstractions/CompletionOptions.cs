using System.ComponentModel.DataAnnotations;
using Minilm.Abstractions;

namespace Minilm;

/// <summary>What one call asks for. Members left null take the model's defaults (<see cref="LlamaModelOptions"/>).</summary>
public sealed record CompletionOptions : IValidatableObject
{
    /// <summary>Gets the most tokens to generate.</summary>
    [InRange(1, int.MaxValue)]
    public int? MaxTokens { get; init; }

    /// <summary>Gets the temperature; 0 always takes the most likely token.</summary>
    [InRange(0, 100)]
    public float? Temperature { get; init; }

    /// <summary>Gets how many of the most likely tokens are considered; 0 considers all.</summary>
    [InRange(0, int.MaxValue)]
    public int? TopK { get; init; }

    /// <summary>Gets the probability mass of the tokens considered (nucleus sampling); 1 considers all.</summary>
    [InRange(0, 1)]
    public float? TopP { get; init; }

    /// <summary>Gets the least probability of a token, relative to the most likely one; 0 considers all.</summary>
    [InRange(0, 1)]
    public float? MinP { get; init; }

    /// <summary>Gets the mass of locally typical sampling; 1 is off.</summary>
    [InRange(0, 1)]
    public float? TypicalP { get; init; }

    /// <summary>Gets the factor by which tokens seen lately become less likely; 1 is off.</summary>
    [InRange(0.01, 100)]
    public float? RepeatPenalty { get; init; }

    /// <summary>Gets what is subtracted from a token's logit for each time it was seen lately; 0 is off.</summary>
    [InRange(-100, 100)]
    public float? FrequencyPenalty { get; init; }

    /// <summary>Gets what is subtracted once from the logit of each token seen lately; 0 is off.</summary>
    [InRange(-100, 100)]
    public float? PresencePenalty { get; init; }

    /// <summary>Gets how many of the last generated tokens the penalties look at; the prompt counts with <see cref="PenalizePrompt"/>.</summary>
    [InRange(0, SamplingLimits.MaxPenaltyWindow)]
    public int? PenaltyWindow { get; init; }

    /// <summary>Gets a value indicating whether penalties and DRY look at the prompt's last tokens as well, as llama.cpp's tools let them.</summary>
    public bool PenalizePrompt { get; init; }

    /// <summary>Gets what DRY subtracts from the logit of a token that would make a repetition longer than <see cref="DryAllowedLength"/>; 0 is off (https://github.com/oobabooga/text-generation-webui/pull/5677).</summary>
    [InRange(0, 100)]
    public float? DryMultiplier { get; init; }

    /// <summary>Gets the factor by which DRY's penalty grows with each further token of a repetition. Default: 1.75.</summary>
    [InRange(1, 100)]
    public float? DryBase { get; init; }

    /// <summary>Gets how many tokens may repeat before DRY minds. Default: 2.</summary>
    [InRange(1, SamplingLimits.MaxPenaltyWindow)]
    public int? DryAllowedLength { get; init; }

    /// <summary>Gets how many of the last tokens DRY looks at; 0 is off. Default: 1024.</summary>
    [InRange(0, SamplingLimits.MaxPenaltyWindow)]
    public int? DryPenaltyLastN { get; init; }

    /// <summary>Gets up to 32 texts of at most 40 bytes across which DRY sees no repetition. Default: a line feed, a colon, a double quote and an asterisk. Each costs a walk through the vocabulary at the beginning of a call.</summary>
    public IReadOnlyList<string>? DrySequenceBreakers { get; init; }

    /// <summary>Gets the number of standard deviations below the greatest logit within which tokens are considered (top-nσ, arXiv 2411.07641); 0 is off.</summary>
    [InRange(0, 1000)]
    public float? TopNSigma { get; init; }

    /// <summary>Gets how often the most likely tokens are left out (XTC, https://github.com/oobabooga/text-generation-webui/pull/6335); 0 is never.</summary>
    [InRange(0, 1)]
    public float? XtcProbability { get; init; }

    /// <summary>Gets the probability from which XTC counts a token as likely; above 0.5 is off. Default: 0.1.</summary>
    [InRange(0, 1)]
    public float? XtcThreshold { get; init; }

    /// <summary>Gets how far the temperature follows the entropy, up and down from <see cref="Temperature"/> (dynamic temperature); 0 is off.</summary>
    [InRange(0, 100)]
    public float? DynamicTemperatureRange { get; init; }

    /// <summary>Gets the exponent of the entropy in dynamic temperature. Default: 1.</summary>
    [InRange(0.1, 100)]
    public float? DynamicTemperatureExponent { get; init; }

    /// <summary>Gets whether mirostat selects (arXiv 2007.14966). It takes the place of top-nσ, top-k, typical, top-p, min-p and XTC.</summary>
    [InRange(0, 2)]
    public MirostatMode? Mirostat { get; init; }

    /// <summary>Gets the surprise that mirostat aims at, in bits per token. Default: 5.</summary>
    [InRange(0.1, 50)]
    public float? MirostatTau { get; init; }

    /// <summary>Gets how fast mirostat corrects the surprise. Default: 0.1.</summary>
    [InRange(0, 1)]
    public float? MirostatEta { get; init; }

    /// <summary>Gets the probability near which tokens are selected (adaptive-p, https://github.com/ggml-org/llama.cpp/pull/17927); null is off. It does not go with mirostat, which wins.</summary>
    [InRange(0, 1)]
    public float? AdaptivePTarget { get; init; }

    /// <summary>Gets how much of the past counts for adaptive-p: 1/(1 − decay) tokens, up to 0.99. Default: 0.9.</summary>
    [InRange(0, 1)]
    public float? AdaptivePDecay { get; init; }

    /// <summary>Gets the seed of the random choice; null takes a new one for each call.</summary>
    public uint? Seed { get; init; }

    /// <summary>Gets the texts that end the completion. None of them, nor a part of one, appears in the result: where a completion is cut short, a last piece that could begin one is left out.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Gets a GBNF grammar that the completion follows, with the root rule named <c>root</c>. The deadline is looked at between tokens, so a grammar with thousands of ways to go on can overrun it by the time of one.</summary>
    public string? Grammar { get; init; }

    /// <summary>Gets what <see cref="Grammar"/> waits for: until then everything may be said (see <see cref="LlamaSampler.AddLazyGrammar"/>). Null does not wait.</summary>
    public GrammarTriggers? GrammarTriggers { get; init; }

    /// <summary>Gets what is added to the logits of single tokens, by token id; −∞ excludes a token.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Gets a value indicating whether a beginning of the prompt that is decoded already is used. Default: true; without, each call does all of its work, as a measurement wants it.</summary>
    public bool CachePrompt { get; init; } = true;

    /// <summary>
    /// Gets the name of the draft model (<see cref="LlamaModel.AddDraftModel"/>) that guesses instead of prompt lookup: up to
    /// <see cref="DraftTokens"/> tokens at once, or 8 when that is 0. It serves one call at a time; while it is busy, others
    /// go on without guesses. Other kinds of models than <see cref="LlamaModel"/> ignore it.
    /// </summary>
    public string? DraftModel { get; init; }

    /// <summary>Gets what happens when the context window is full.</summary>
    [InRange(0, 2)]
    public ContextOverflow Overflow { get; init; }

    /// <summary>Gets how many tokens from the first a shift keeps, at most half of the window; those of a system message, for example.</summary>
    [InRange(0, int.MaxValue)]
    public int KeptTokens { get; init; }

    /// <summary>Gets how many of the most likely tokens are listed with their log probabilities for each generated token; 0 gives that of the generated one alone, null none.</summary>
    [InRange(0, 1000)]
    public int? LogProbabilities { get; init; }

    /// <summary>
    /// Gets how many tokens at most are guessed at once from what was said before (prompt lookup); 0 does not guess.
    /// The completion is the same; it is faster where it repeats its prompt or itself, such as in quotes, code and lists.
    /// </summary>
    [InRange(0, 32)]
    public int DraftTokens { get; init; }

    /// <summary>Gets the time limit of the call, queue included; null is none.</summary>
    [PositiveTime]
    public TimeSpan? Timeout { get; init; }

    /// <summary>Gets what happens when the limit passes or the call is cancelled. Default: an exception.</summary>
    [InRange(0, 1)]
    public InterruptionBehavior OnInterruption { get; init; }

    /// <summary>Gets a value indicating whether control tokens spelled out in the prompt are control tokens. Only for prompts that no user wrote a part of.</summary>
    public bool ParseSpecialTokens { get; init; }

    /// <summary>Gets the LoRA adapters of this call with their scales, which add up: names of adapters that the model has (<see cref="LlamaModel.LoadAdapter"/>). Other kinds of models than <see cref="LlamaModel"/> ignore them.</summary>
    public IReadOnlyList<AdapterScale> Adapters { get; init; } = [];

    /// <summary>Gets a JSON schema that the completion follows (see <see cref="JsonSchemaGrammar"/> for what is supported); not together with <see cref="Grammar"/>. Where the token limit cuts it short, the text is not valid JSON and the finish reason is <see cref="FinishReason.Length"/>.</summary>
    public string? JsonSchema { get; init; }

    /// <summary>Gets the tools that the model may call. Tell it of them in the system message (<see cref="ToolCallFormat.Instructions"/>); calls come back as <see cref="Completion.ToolCalls"/>. While it streams, the text has them as they are written.</summary>
    public IReadOnlyList<ChatTool> Tools { get; init; } = [];

    /// <summary>Gets whether a tool has to be called; null leaves it to the model.</summary>
    public ToolChoice? ToolChoice { get; init; }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext) => OptionsRules.ToResults(FindProblems());

    private IEnumerable<string> FindProblems()
    {
        if (StopStrings is null || StopStrings.Any(string.IsNullOrEmpty))
        {
            yield return $"{nameof(StopStrings)} {(StopStrings is null ? "is null; leave it empty for none" : "has an empty text; each must have at least one character")}";
        }
        if (DrySequenceBreakers is { } breakers && SamplingLimits.FindBreakerProblem(breakers, nameof(DrySequenceBreakers)) is { } problem)
        {
            yield return problem;
        }
        if (GrammarTriggers is not null && Grammar is null)
        {
            yield return $"{nameof(GrammarTriggers)} is set without a {nameof(Grammar)} that could wait for them";
        }
        foreach (string wrong in FindToolProblems().Concat(FindAdapterProblems()))
        {
            yield return wrong;
        }
    }

    private IEnumerable<string> FindToolProblems()
    {
        if (Tools is null)
        {
            yield return $"{nameof(Tools)} is null; leave it empty for none";
            yield break;
        }
        bool calls = Tools.Count > 0 && ToolChoice is not { MayCall: false };
        if ((Grammar is null ? 0 : 1) + (JsonSchema is null ? 0 : 1) + (calls ? 1 : 0) > 1)
        {
            yield return $"Of {nameof(Grammar)}, {nameof(JsonSchema)} and {nameof(Tools)} more than one is set; a completion follows one of them";
        }
        if (Tools.Count > 0 && ChatTool.FindProblem(Tools, ToolChoice) is { } problem)
        {
            yield return $"{nameof(Tools)}: {problem}";
        }
        if (Tools.Count == 0 && ToolChoice is { MustCall: true })
        {
            yield return $"{nameof(ToolChoice)} asks for a call, but {nameof(Tools)} is empty";
        }
    }

    private IEnumerable<string> FindAdapterProblems()
    {
        if (Adapters is null || Adapters.Any(adapter => string.IsNullOrEmpty(adapter?.Name)))
        {
            yield return $"{nameof(Adapters)} is null or has an entry without a name";
            yield break;
        }
        foreach (AdapterScale adapter in Adapters.Where(adapter => !float.IsFinite(adapter.Scale)))
        {
            yield return $"{nameof(Adapters)} has the scale {adapter.Scale} for '{adapter.Name}'; it must be a finite number";
        }
        foreach (IGrouping<string, AdapterScale> twice in Adapters.GroupBy(adapter => adapter.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            yield return $"{nameof(Adapters)} names '{twice.Key}' {twice.Count()} times; name it once, with the sum of the scales";
        }
    }
}
