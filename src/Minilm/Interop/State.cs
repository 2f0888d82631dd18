using System.Runtime.InteropServices;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: the state of one sequence as bytes
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial nuint minilm_state_seq_get_size(SafeLlamaContextHandle ctx, int seq_id);

    [LibraryImport(Seam)]
    public static partial nuint minilm_state_seq_get_data(SafeLlamaContextHandle ctx, byte* dst, nuint size, int seq_id);

    /// <summary>Returns the number of bytes read, 0 when the state does not fit.</summary>
    [LibraryImport(Seam)]
    public static partial nuint minilm_state_seq_set_data(SafeLlamaContextHandle ctx, byte* src, nuint size, int dest_seq_id);
}
