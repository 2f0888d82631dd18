namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_adapter_lora</c> and a reference on its model.</summary>
internal sealed unsafe class SafeLlamaAdapterHandle : SafeMinilmHandle<llama_adapter_lora>
{
    /// <summary>Gets the model that it was loaded for.</summary>
    public SafeLlamaModelHandle? Model { get; private set; }

    /// <summary>Loads an adapter. The result is invalid when libllama could not.</summary>
    public static SafeLlamaAdapterHandle Load(SafeLlamaModelHandle model, string path)
    {
        Reference(model);
        SafeLlamaAdapterHandle? adapter = null;
        try
        {
            lock (model.AdapterGate)
            {
                adapter = NativeMethods.minilm_adapter_lora_init(model, path);
            }
            return adapter;
        }
        finally
        {
            if (adapter is null or { IsInvalid: true })
            {
                model.DangerousRelease();
            }
            else
            {
                adapter.Model = model;
            }
        }
    }

    protected override bool ReleaseHandle()
    {
        lock (Model!.AdapterGate)
        {
            NativeMethods.llama_adapter_lora_free(Pointer);
        }
        Model.DangerousRelease();
        return true;
    }
}
