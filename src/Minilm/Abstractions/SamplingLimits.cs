using System.Text;

namespace Minilm.Abstractions;

/// <summary>What libllama's samplers take, beyond what the types say.</summary>
internal static class SamplingLimits
{
    /// <summary>The most tokens that penalties and DRY look back at: libllama allocates them at once.</summary>
    public const int MaxPenaltyWindow = 1 << 20;

    private const int MaxBreakers = 32;
    private const int MaxBreakerBytes = 40; // MAX_CHAR_LEN of llama_sampler_init_dry

    /// <summary>Finds what is wrong with DRY's sequence breakers: libllama would cut or skip them, or look too long for them in a large vocabulary.</summary>
    /// <returns>A sentence that begins with the name; null when nothing is.</returns>
    public static string? FindBreakerProblem(IReadOnlyList<string> breakers, string name)
    {
        if (breakers.Count > MaxBreakers)
        {
            return $"{name} has {breakers.Count} texts; it may have up to {MaxBreakers}";
        }
        string? bad = breakers.FirstOrDefault(breaker => string.IsNullOrEmpty(breaker) || breaker.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(breaker) > MaxBreakerBytes);
        return bad is null && breakers.All(breaker => !string.IsNullOrEmpty(breaker)) ? null : $"{name} has the text '{bad}'; each must have 1 to {MaxBreakerBytes} bytes of UTF-8 and no zero character";
    }
}
