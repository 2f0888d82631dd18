using Minilm.Chat;

namespace Minilm.Engine;

/// <summary>
/// Builds the chain that a call asks for, in the order of llama.cpp's tools: penalties, DRY, top-nσ, top-k, typical,
/// top-p, min-p, XTC, temperature. What excludes tokens for good (biases, grammars) comes before, the selection last.
/// </summary>
internal static class SamplerFactory
{
    private const int DefaultPenaltyWindow = 64;

    /// <exception cref="ArgumentException">A grammar does not parse, or a bias names a token that does not exist.</exception>
    public static LlamaSampler Create(LlamaVocab vocab, CompletionOptions options, SamplingDefaults defaults)
    {
        var sampler = new LlamaSampler(vocab);
        try
        {
            AddConstraints(sampler, options);
            AddPenalties(sampler, options, defaults);
            AddDry(sampler, options);

            float temperature = options.Temperature ?? defaults.Temperature;
            if (temperature == 0)
            {
                return sampler.AddGreedy();
            }
            uint seed = options.Seed ?? LlamaSampler.RandomSeed;
            MirostatMode mirostat = options.Mirostat ?? (StatesTruncation(options) ? MirostatMode.Off : defaults.Mirostat);
            if (mirostat == MirostatMode.Off)
            {
                AddTruncation(sampler, options, defaults, seed);
            }
            AddTemperature(sampler, temperature, options);
            float tau = options.MirostatTau ?? defaults.MirostatTau ?? 5;
            float eta = options.MirostatEta ?? defaults.MirostatEta ?? 0.1f;
            return mirostat switch
            {
                MirostatMode.Version1 => sampler.AddMirostat(tau, eta, seed),
                MirostatMode.Version2 => sampler.AddMirostatV2(tau, eta, seed),
                _ when options.AdaptivePTarget is { } target => sampler.AddAdaptiveP(target, options.AdaptivePDecay ?? 0.9f, seed),
                _ => sampler.AddDistribution(seed),
            };
        }
        catch
        {
            sampler.Dispose();
            throw;
        }
    }

    private static void AddConstraints(LlamaSampler sampler, CompletionOptions options)
    {
        if (options.LogitBias is { Count: > 0 } bias)
        {
            sampler.AddLogitBias(bias);
        }
        if (StructuredOutput.GrammarOf(options) is { } grammar)
        {
            _ = options.GrammarTriggers is { } triggers ? sampler.AddLazyGrammar(grammar, triggers) : sampler.AddGrammar(grammar);
        }
    }

    private static void AddPenalties(LlamaSampler sampler, CompletionOptions options, SamplingDefaults defaults)
    {
        float repeat = options.RepeatPenalty ?? defaults.RepeatPenalty ?? 1;
        float frequency = options.FrequencyPenalty ?? 0;
        float presence = options.PresencePenalty ?? 0;
        if (repeat != 1 || frequency != 0 || presence != 0)
        {
            sampler.AddPenalties(options.PenaltyWindow ?? defaults.PenaltyWindow ?? DefaultPenaltyWindow, repeat, frequency, presence);
        }
    }

    private static void AddDry(LlamaSampler sampler, CompletionOptions options)
    {
        if (options.DryMultiplier is > 0 and float multiplier)
        {
            sampler.AddDry(multiplier, options.DryBase ?? 1.75f, options.DryAllowedLength ?? 2, options.DryPenaltyLastN ?? 1024, options.DrySequenceBreakers);
        }
    }

    private static void AddTruncation(LlamaSampler sampler, CompletionOptions options, SamplingDefaults defaults, uint seed)
    {
        if (options.TopNSigma is > 0 and float deviations)
        {
            sampler.AddTopNSigma(deviations);
        }
        if ((options.TopK ?? defaults.TopK) is > 0 and int k)
        {
            sampler.AddTopK(k);
        }
        if (options.TypicalP is < 1 and float typical)
        {
            sampler.AddTypical(typical);
        }
        if ((options.TopP ?? defaults.TopP) is < 1 and float nucleus)
        {
            sampler.AddTopP(nucleus);
        }
        if ((options.MinP ?? defaults.MinP) is > 0 and float least)
        {
            sampler.AddMinP(least);
        }
        if ((options.XtcProbability ?? defaults.XtcProbability) is > 0 and float probability)
        {
            sampler.AddXtc(probability, options.XtcThreshold ?? defaults.XtcThreshold ?? 0.1f, seed);
        }
    }

    private static void AddTemperature(LlamaSampler sampler, float temperature, CompletionOptions options) => _ =
        options.DynamicTemperatureRange is > 0 and float range
            ? sampler.AddDynamicTemperature(temperature, range, options.DynamicTemperatureExponent ?? 1)
            : sampler.AddTemperature(temperature);

    /// <summary>A call that says which tokens are considered does not want the model's mirostat, which considers others.</summary>
    private static bool StatesTruncation(CompletionOptions options) =>
        options is not { TopNSigma: null, TopK: null, TypicalP: null, TopP: null, MinP: null, XtcProbability: null, AdaptivePTarget: null };
}
