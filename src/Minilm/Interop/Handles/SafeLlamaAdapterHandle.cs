namespace Minilm.Interop.Handles;

/// <summary>Owns a <c>llama_adapter_lora</c> and a reference on its model.</summary>
internal sealed class SafeLlamaAdapterHandle : SafeMinilmHandle
{
    private SafeLlamaModelHandle? _model;

    /// <summary>Loads an adapter. The result is invalid when the library refused the file.</summary>
    public static SafeLlamaAdapterHandle Load(SafeLlamaModelHandle model, string path)
    {
        SafeLlamaAdapterHandle adapter = NativeMethods.llama_adapter_lora_init(model, path);
        if (!adapter.IsInvalid)
        {
            adapter._model = Reference(model);
        }
        return adapter;
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_adapter_lora_free(handle);
        _model!.DangerousRelease();
        return true;
    }
}
