namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_sampler</c>: a chain, or a stage until it moves into a chain. A stage that reads a vocabulary holds its model.</summary>
internal sealed class SafeLlamaSamplerHandle : SafeMinilmHandle
{
    private readonly List<SafeLlamaModelHandle> _models = [];

    /// <summary>Creates a grammar stage. The result is invalid when the grammar does not parse.</summary>
    public static SafeLlamaSamplerHandle CreateGrammar(SafeLlamaModelHandle model, string grammar, string root)
    {
        SafeLlamaSamplerHandle stage = NativeMethods.llama_sampler_init_grammar(model, grammar, root);
        if (!stage.IsInvalid)
        {
            stage._models.Add(Reference(model));
        }
        return stage;
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
