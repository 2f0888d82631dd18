using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: the KV memory of a context, named by its context. Positions: [p0, p1), negative is open.
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Llama)]
    public static partial void llama_memory_clear([MarshalUsing(typeof(MemoryOfContext))] SafeLlamaContextHandle mem, CBool data);

    [LibraryImport(Llama)]
    public static partial CBool llama_memory_seq_rm([MarshalUsing(typeof(MemoryOfContext))] SafeLlamaContextHandle mem, int seq_id, int p0, int p1);

    [LibraryImport(Llama)]
    public static partial void llama_memory_seq_cp([MarshalUsing(typeof(MemoryOfContext))] SafeLlamaContextHandle mem, int seq_id_src, int seq_id_dst, int p0, int p1);

    [LibraryImport(Llama)]
    public static partial void llama_memory_seq_keep([MarshalUsing(typeof(MemoryOfContext))] SafeLlamaContextHandle mem, int seq_id);

    [LibraryImport(Llama)]
    public static partial void llama_memory_seq_add([MarshalUsing(typeof(MemoryOfContext))] SafeLlamaContextHandle mem, int seq_id, int p0, int p1, int delta);

    [LibraryImport(Llama)]
    public static partial int llama_memory_seq_pos_min([MarshalUsing(typeof(MemoryOfContext))] SafeLlamaContextHandle mem, int seq_id);

    [LibraryImport(Llama)]
    public static partial int llama_memory_seq_pos_max([MarshalUsing(typeof(MemoryOfContext))] SafeLlamaContextHandle mem, int seq_id);

    [LibraryImport(Llama)]
    public static partial CBool llama_memory_can_shift([MarshalUsing(typeof(MemoryOfContext))] SafeLlamaContextHandle mem);
}
