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

    private LlamaAdapter(SafeLlamaAdapterHandle handle, string name, GgufFile file, GgufAdapterFacts facts)
    {
        Handle = handle;
        Path = file.Path!;
        Name = name;
        Title = file.Facts.Name;
        Alpha = facts.Alpha;
        Rank = facts.Rank;
        TensorCount = facts.TensorCount;
    }

    /// <summary>Gets the path of the file as it was given.</summary>
    public string Path { get; }

    /// <summary>Gets the name under which its model has it, for <see cref="CompletionOptions.Adapters"/>.</summary>
    public string Name { get; }

    /// <summary>Gets the name in the file (<c>general.name</c>), if there is one.</summary>
    public string? Title { get; }

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
    /// <exception cref="ModelLoadException">It does not, or libllama refused it.</exception>
    internal static LlamaAdapter Load(LlamaWeights weights, GgufFile modelFile, string path, string name)
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
            throw new ModelLoadException(e.Message, e is FileNotFoundException ? ModelLoadReason.FileNotFound : e is GgufException ? ModelLoadReason.Damaged : ModelLoadReason.FileUnreadable, e);
        }
        SafeLlamaAdapterHandle handle = SafeLlamaAdapterHandle.Load(weights.Handle, path);
        if (handle.IsInvalid)
        {
            ModelLoadException failure = NativeFailure.Load($"libllama could not load the adapter '{path}'");
            handle.Dispose();
            throw failure;
        }
        return new LlamaAdapter(handle, name, file, facts);
    }
}
