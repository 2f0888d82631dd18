namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_sampler</c>: a chain, or a stage until it moves into a chain. A stage that reads a vocabulary holds its model.</summary>
internal sealed unsafe class SafeLlamaSamplerHandle : SafeMinilmHandle<llama_sampler>
{
    private readonly List<SafeLlamaModelHandle> _models = [];

    /// <summary>Makes a stage that goes on reading the vocabulary of a model, and holds that model. The result is invalid when libllama could not.</summary>
    public static SafeLlamaSamplerHandle Create(SafeLlamaModelHandle model, Func<LlamaVocabHandle, SafeLlamaSamplerHandle> init)
    {
        Reference(model);
        SafeLlamaSamplerHandle? stage = null;
        try
        {
            stage = init(model.Vocab);
            return stage;
        }
        finally
        {
            if (stage is null or { IsInvalid: true })
            {
                model.DangerousRelease();
            }
            else
            {
                stage._models.Add(model);
            }
        }
    }

    /// <summary>Gives the native object to a chain, which frees it from now on. This handle is closed afterwards.</summary>
    /// <returns>False when the chain could not take it; the stage stays with this handle then.</returns>
    public bool MoveInto(SafeLlamaSamplerHandle chain)
    {
        if (!NativeMethods.minilm_sampler_chain_add(chain, this))
        {
            return false;
        }
        chain._models.AddRange(_models);
        _models.Clear();
        SetHandleAsInvalid();
        Dispose();
        return true;
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_sampler_free(Pointer);
        foreach (SafeLlamaModelHandle model in _models)
        {
            model.DangerousRelease();
        }
        return true;
    }
}
