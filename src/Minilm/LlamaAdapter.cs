using Minilm.Gguf;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm;

/// <summary>A LoRA adapter: small matrices that are added to those of a model, in one context and not in another. May be used from any thread.</summary>
/// <remarks>
/// Created by <see cref="LlamaModel.LoadAdapter"/>. It keeps its model loaded until it is disposed, and a context that
/// uses it keeps it until it is set to others or disposed.
/// </remarks>
public sealed class LlamaAdapter : IDisposable
{
    private static long s_count;

    private LlamaAdapter(SafeLlamaAdapterHandle handle, GgufFile file, GgufAdapterFacts facts)
    {
        Handle = handle;
        Path = file.Path!;
        Name = file.Facts.Name;
        Alpha = facts.Alpha;
        Rank = facts.Rank;
        TensorCount = facts.TensorCount;
    }

    /// <summary>Gets the path of the file as it was given.</summary>
    public string Path { get; }

    /// <summary>Gets the name in the file (<c>general.name</c>), if there is one.</summary>
    public string? Name { get; }

    /// <summary>Gets the number that the file states for the strength (<c>adapter.lora.alpha</c>): a scale is multiplied by it and divided by the rank. 0 leaves scales as they are.</summary>
    public float Alpha { get; }

    /// <summary>Gets the rank of the matrices; the largest where they differ.</summary>
    public int Rank { get; }

    /// <summary>Gets the number of the model's matrices that it changes.</summary>
    public int TensorCount { get; }

    internal SafeLlamaAdapterHandle Handle { get; }

    /// <summary>Gets a number that no other adapter of this process has.</summary>
    internal long Id { get; } = Interlocked.Increment(ref s_count);

    /// <summary>Gets a value indicating whether the adapter was disposed, though a context may still use it.</summary>
    internal bool IsDisposed { get; private set; }

    /// <summary>Releases the adapter; its memory when no context uses it any more.</summary>
    public void Dispose()
    {
        IsDisposed = true;
        Handle.Dispose();
    }

    /// <summary>Looks at a file, and loads it when it fits the model.</summary>
    /// <exception cref="ModelLoadException">It does not, or the library refused it.</exception>
    internal static LlamaAdapter Load(SafeLlamaModelHandle model, GgufFile modelFile, string path)
    {
        GgufFile file;
        GgufAdapterFacts facts;
        try
        {
            file = GgufFile.Read(path);
            facts = GgufAdapterValidator.Validate(file, modelFile);
        }
        catch (Exception e) when (e is GgufException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(e.Message, e);
        }
        SafeLlamaAdapterHandle handle = SafeLlamaAdapterHandle.Load(model, path);
        if (handle.IsInvalid)
        {
            ModelLoadException failure = NativeFailure.Load($"libllama could not load the adapter '{path}'");
            handle.Dispose();
            throw failure;
        }
        return new LlamaAdapter(handle, file, facts);
    }
}

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
                throw new ArgumentException($"The adapter '{adapter.Path}' was loaded for another model, or before this one was freed and loaded again. Load it with {nameof(LlamaModel.LoadAdapter)} of the model that uses it.", nameof(adapters));
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
