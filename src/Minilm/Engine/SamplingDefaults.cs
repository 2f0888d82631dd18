using Minilm.Gguf;

namespace Minilm.Engine;

/// <summary>What a call samples with where it states nothing itself: what the host set, else what the model recommends, else Minilm's own.</summary>
internal sealed record SamplingDefaults
{
    public required float Temperature { get; init; }

    public required float TopP { get; init; }

    public required int TopK { get; init; }

    public float? MinP { get; init; }

    public float? XtcProbability { get; init; }

    public float? XtcThreshold { get; init; }

    public int? PenaltyWindow { get; init; }

    public float? RepeatPenalty { get; init; }

    public MirostatMode Mirostat { get; init; }

    public float? MirostatTau { get; init; }

    public float? MirostatEta { get; init; }

    /// <summary>Puts the defaults of a model together.</summary>
    /// <param name="options">The host's options.</param>
    /// <param name="recommended">What the model's file recommends; null before it is loaded.</param>
    public static SamplingDefaults Of(LlamaModelOptions options, GgufSamplingFacts? recommended)
    {
        GgufSamplingFacts? facts = options.UseRecommendedSampling ? recommended : null;
        return new SamplingDefaults
        {
            Temperature = options.Temperature ?? facts?.Temperature ?? 0.7f,
            TopP = options.TopP ?? facts?.TopP ?? 0.9f,
            TopK = options.TopK ?? facts?.TopK ?? 40,
            MinP = facts?.MinP,
            XtcProbability = facts?.XtcProbability,
            XtcThreshold = facts?.XtcThreshold,
            PenaltyWindow = facts?.PenaltyWindow,
            RepeatPenalty = facts?.RepeatPenalty,
            Mirostat = options is { TopP: null, TopK: null } && facts?.Mirostat is { } mode ? mode : MirostatMode.Off, // it would leave no place for what the host set
            MirostatTau = facts?.MirostatTau,
            MirostatEta = facts?.MirostatEta,
        };
    }
}
