using System.Text;

namespace Minilm.Validation;

/// <summary>Refuses sequence breakers that the library would cut or skip, and more than it can look for in a large vocabulary at once.</summary>
internal static class SequenceBreakerDoor
{
    private const int MaxCount = 32;
    private const int MaxBytes = 40; // MAX_CHAR_LEN of llama_sampler_init_dry

    /// <exception cref="ArgumentException">There are too many, or one is empty, too long or has a zero character.</exception>
    public static void Require(IReadOnlyList<string> breakers, string name, string? parameter = null)
    {
        if (breakers.Count > MaxCount)
        {
            throw new ArgumentException($"{name} has {breakers.Count} texts; it may have up to {MaxCount}", parameter ?? name);
        }
        foreach (string breaker in breakers)
        {
            if (string.IsNullOrEmpty(breaker) || breaker.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(breaker) > MaxBytes)
            {
                throw new ArgumentException($"{name} has the text '{breaker}'; each must have 1 to {MaxBytes} bytes of UTF-8 and no zero character", parameter ?? name);
            }
        }
    }
}
