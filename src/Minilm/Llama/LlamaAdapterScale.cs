using Minilm.Interop.Handles;

namespace Minilm;

/// <summary>An adapter and how strongly it takes part.</summary>
/// <param name="Adapter">The adapter.</param>
/// <param name="Scale">The factor of what it adds: 1 as it was trained, 0 not at all; negative takes away.</param>
public readonly record struct LlamaAdapterScale(LlamaAdapter Adapter, float Scale = 1)
{
    /// <exception cref="ArgumentException">An adapter is missing, of another model, or there twice, or a scale is not finite.</exception>
    /// <exception cref="ObjectDisposedException">An adapter was disposed.</exception>
    internal static void Require(IReadOnlyList<LlamaAdapterScale> adapters, SafeLlamaModelHandle model)
    {
        for (int i = 0; i < adapters.Count; i++)
        {
            (LlamaAdapter adapter, float scale) = adapters[i];
            if (adapter is null)
            {
                throw new ArgumentException($"Adapter {i} is null.", nameof(adapters));
            }
            ObjectDisposedException.ThrowIf(adapter.IsDisposed, adapter);
            if (adapter.Handle.Model != model)
            {
                throw new ArgumentException($"The adapter '{adapter.Path}' was loaded for another model, or before this one was freed and loaded again. Load it with LoadAdapter of the model that uses it.", nameof(adapters));
            }
            if (!float.IsFinite(scale))
            {
                throw new ArgumentException($"The scale of the adapter '{adapter.Path}' is {scale}; it must be a finite number.", nameof(adapters));
            }
            for (int j = 0; j < i; j++)
            {
                if (adapters[j].Adapter == adapter)
                {
                    throw new ArgumentException($"The adapter '{adapter.Path}' is there twice, as numbers {j} and {i}. Give it once, with the sum of the scales.", nameof(adapters));
                }
            }
        }
    }

    /// <summary>Makes a number that differs when the adapters or their scales differ, whatever their order; 0 is none.</summary>
    internal static ulong Fingerprint(IReadOnlyList<LlamaAdapterScale> adapters)
    {
        ulong sum = 0;
        foreach ((LlamaAdapter adapter, float scale) in adapters)
        {
            if (scale != 0)
            {
                // The finalizer of SplitMix64: one bit of difference changes half of them all.
                ulong bits = ((ulong)adapter.Id << 32) | BitConverter.SingleToUInt32Bits(scale);
                bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
                bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
                sum += bits ^ (bits >> 31);
            }
        }
        return sum;
    }
}
