using System.Numerics;

namespace Minilm.Dialog.Backends.Markov;

/// <summary>A generator of random numbers that lives on the stack: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).</summary>
internal struct SplitMix64
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    private SplitMix64(ulong state) => _state = state;

    /// <summary>Turns an optional seed into one for <see cref="ForCall"/>; without one, takes a new one.</summary>
    public static ulong Seed(int? seed) => seed is { } given ? Mix(unchecked((ulong)given) + Gamma) : (ulong)Random.Shared.NextInt64();

    /// <summary>The generator of one call: the same for the same seed and number, unlike that of any other number.</summary>
    public static SplitMix64 ForCall(ulong seed, long number) => new(Mix(BitOperations.RotateLeft(seed, 17) ^ Mix((ulong)number + Gamma))); // turned, so that seed 1 in turn 2 is not seed 2 in turn 1

    /// <summary>A number from 0 to below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number from 0 to below a count.</summary>
    public int NextIndex(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    private ulong Next() => Mix(_state += Gamma);

    /// <summary>Spreads each bit of a number over all of them.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
