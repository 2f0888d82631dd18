using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: LoRA adapters
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial SafeLlamaAdapterHandle minilm_adapter_lora_init(SafeLlamaModelHandle model, [MarshalUsing(typeof(OwnedUtf8))] string path_lora);

    [LibraryImport(Llama)]
    public static partial void llama_adapter_lora_free(llama_adapter_lora* adapter);

    /// <summary>Replaces the adapters of a context. Returns 0 when done.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_set_adapters_lora(SafeLlamaContextHandle ctx, llama_adapter_lora** adapters, nuint n_adapters, float* scales);
}
