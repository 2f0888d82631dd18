namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_adapter_lora</c> and a reference on its model.</summary>
internal sealed class SafeLlamaAdapterHandle : SafeMinilmHandle
{
    /// <summary>Gets the model that it was loaded for.</summary>
    public SafeLlamaModelHandle? Model { get; private set; }

    /// <summary>Loads an adapter. The result is invalid when the library refused the file.</summary>
    public static SafeLlamaAdapterHandle Load(SafeLlamaModelHandle model, string path)
    {
        SafeLlamaAdapterHandle adapter;
        lock (model.AdapterGate)
        {
            adapter = NativeMethods.llama_adapter_lora_init(model, path);
        }
        if (!adapter.IsInvalid)
        {
            adapter.Model = Reference(model);
        }
        return adapter;
    }

    protected override bool ReleaseHandle()
    {
        lock (Model!.AdapterGate)
        {
            NativeMethods.llama_adapter_lora_free(handle);
        }
        Model.DangerousRelease();
        return true;
    }
}
