namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_sampler</c>: a chain, or a stage until it moves into a chain. A stage that reads a vocabulary holds its model.</summary>
internal sealed class SafeLlamaSamplerHandle : SafeMinilmHandle
{
    private readonly List<SafeLlamaModelHandle> _models = [];

    /// <summary>Makes this stage, which reads the vocabulary of a model, hold that model.</summary>
    public SafeLlamaSamplerHandle Holding(SafeLlamaModelHandle model)
    {
        if (!IsInvalid)
        {
            _models.Add(Reference(model));
        }
        return this;
    }

    /// <summary>Gives the native object to a chain, which frees it from now on. This handle is closed afterwards.</summary>
    public void MoveInto(SafeLlamaSamplerHandle chain)
    {
        NativeMethods.llama_sampler_chain_add(chain, this);
        chain._models.AddRange(_models);
        _models.Clear();
        SetHandleAsInvalid();
        Dispose();
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_sampler_free(handle);
        foreach (SafeLlamaModelHandle model in _models)
        {
            model.DangerousRelease();
        }
        return true;
    }
}
