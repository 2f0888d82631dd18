using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: LoRA adapters
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Llama)]
    public static partial SafeLlamaAdapterHandle llama_adapter_lora_init(SafeLlamaModelHandle model, [MarshalUsing(typeof(OwnedUtf8))] string path_lora);

    [LibraryImport(Llama)]
    public static partial void llama_adapter_lora_free(nint adapter);

    /// <summary>Replaces the adapters of a context. Returns 0 when done.</summary>
    [LibraryImport(Llama)]
    public static partial int llama_set_adapters_lora(SafeLlamaContextHandle ctx, nint* adapters, nuint n_adapters, float* scales);
}
