namespace Minilm.Generation;

/// <summary>Builds the chain that a call asks for, in llama.cpp's usual order.</summary>
internal static class SamplerFactory
{
    private const int DefaultPenaltyWindow = 64;

    /// <exception cref="ArgumentException">A grammar does not parse, or a bias names a token that does not exist.</exception>
    public static LlamaSampler Create(LlamaVocab vocab, CompletionOptions options, LlamaModelOptions defaults)
    {
        var sampler = new LlamaSampler(vocab);
        try
        {
            if (options.LogitBias is { Count: > 0 } bias)
            {
                sampler.AddLogitBias(bias);
            }
            if (options.Grammar is { } grammar)
            {
                sampler.AddGrammar(grammar);
            }
            AddPenalties(sampler, options);

            float temperature = options.Temperature ?? defaults.Temperature;
            if (temperature == 0)
            {
                return sampler.AddGreedy();
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
            if (options.MinP is > 0 and float least)
            {
                sampler.AddMinP(least);
            }
            return sampler.AddTemperature(temperature).AddDistribution(options.Seed ?? uint.MaxValue);
        }
        catch
        {
            sampler.Dispose();
            throw;
        }
    }

    private static void AddPenalties(LlamaSampler sampler, CompletionOptions options)
    {
        float repeat = options.RepeatPenalty ?? 1;
        float frequency = options.FrequencyPenalty ?? 0;
        float presence = options.PresencePenalty ?? 0;
        if (repeat != 1 || frequency != 0 || presence != 0)
        {
            sampler.AddPenalties(options.PenaltyWindow ?? DefaultPenaltyWindow, repeat, frequency, presence);
        }
    }
}
