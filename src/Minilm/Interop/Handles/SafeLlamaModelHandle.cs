namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_model</c>. Contexts, adapters and grammars hold a reference on it.</summary>
internal sealed class SafeLlamaModelHandle : SafeMinilmHandle
{
    /// <summary>Gets the vocabulary, which belongs to the model: pass it by <see cref="VocabOfModel"/>.</summary>
    public nint Vocab { get; private set; }

    /// <summary>Gets the lock for the model's list of adapters, which the library changes when one is loaded or freed, and reads when a context is made.</summary>
    public Lock AdapterGate { get; } = new();

    /// <summary>Loads a model. The result is invalid when the library refused the file.</summary>
    public static unsafe SafeLlamaModelHandle Load(string path, minilm_model_params parameters, long offset = 0)
    {
        SafeLlamaModelHandle model = offset == 0
            ? NativeMethods.minilm_model_load(path, &parameters)
            : NativeMethods.minilm_model_load_at(path, offset, &parameters);
        if (!model.IsInvalid)
        {
            model.Vocab = NativeMethods.llama_model_get_vocab(model);
        }
        return model;
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_model_free(handle);
        return true;
    }
}
