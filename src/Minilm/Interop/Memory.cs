using System.Runtime.InteropServices;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: the KV memory of a context. Positions: [p0, p1), negative is open.
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial CBool minilm_memory_clear(LlamaMemoryHandle mem, CBool data);

    [LibraryImport(Seam)]
    public static partial CBool minilm_memory_seq_rm(LlamaMemoryHandle mem, int seq_id, int p0, int p1);

    [LibraryImport(Seam)]
    public static partial CBool minilm_memory_seq_cp(LlamaMemoryHandle mem, int seq_id_src, int seq_id_dst, int p0, int p1);

    [LibraryImport(Seam)]
    public static partial CBool minilm_memory_seq_add(LlamaMemoryHandle mem, int seq_id, int p0, int p1, int delta);

    [LibraryImport(Seam)]
    public static partial int minilm_memory_seq_pos_min(LlamaMemoryHandle mem, int seq_id);

    [LibraryImport(Seam)]
    public static partial int minilm_memory_seq_pos_max(LlamaMemoryHandle mem, int seq_id);

    [LibraryImport(Seam)]
    public static partial CBool minilm_memory_can_shift(LlamaMemoryHandle mem);
}
