namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_model</c>. Contexts, adapters and grammars hold a reference on it.</summary>
internal sealed unsafe class SafeLlamaModelHandle : SafeMinilmHandle<llama_model>
{
    private LlamaVocabHandle? _vocab;

    /// <summary>Gets the vocabulary, which belongs to the model.</summary>
    public LlamaVocabHandle Vocab => _vocab!;

    /// <summary>Gets the lock for the model's list of adapters, which libllama changes when one is loaded or freed, and reads when a context is made.</summary>
    public Lock AdapterGate { get; } = new();

    /// <summary>Loads a model. The result is invalid when libllama could not.</summary>
    public static SafeLlamaModelHandle Load(string path, minilm_model_params parameters, long offset = 0)
    {
        SafeLlamaModelHandle model = offset == 0
            ? NativeMethods.minilm_model_load(path, &parameters)
            : NativeMethods.minilm_model_load_at(path, offset, &parameters);
        if (!model.IsInvalid)
        {
            model._vocab = new LlamaVocabHandle(model, NativeMethods.llama_model_get_vocab(model));
        }
        return model;
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_model_free(Pointer);
        return true;
    }
}
