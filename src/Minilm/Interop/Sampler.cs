using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: samplers. A stage that was added belongs to its chain (SafeLlamaSamplerHandle.MoveInto).
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_chain_init(CBool no_perf);

    [LibraryImport(Seam)]
    public static partial CBool minilm_sampler_chain_add(SafeLlamaSamplerHandle chain, SafeLlamaSamplerHandle smpl);

    [LibraryImport(Llama)]
    public static partial int llama_sampler_chain_n(SafeLlamaSamplerHandle chain);

    [LibraryImport(Llama)]
    public static partial void llama_sampler_free(llama_sampler* smpl);

    [LibraryImport(Seam)]
    public static partial CBool minilm_sampler_reset(SafeLlamaSamplerHandle smpl);

    /// <summary>Returns the token, a <see cref="SampleResult"/>, or <see cref="NativeFailure.Threw"/>.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_sampler_sample(SafeLlamaSamplerHandle chain, SafeLlamaContextHandle ctx, int index, llama_token_data* scratch);

    [LibraryImport(Seam)]
    public static partial CBool minilm_sampler_accept(SafeLlamaSamplerHandle smpl, int token);

    /// <summary>Lets one stage of a chain accept tokens that the others do not see.</summary>
    [LibraryImport(Seam)]
    public static partial CBool minilm_sampler_accept_at(SafeLlamaSamplerHandle chain, int stage, int* tokens, int n_tokens);

    [LibraryImport(Seam)]
    public static partial CBool minilm_sampler_apply_at(SafeLlamaSamplerHandle chain, int stage, llama_token_data_array* candidates);

    /// <summary>Returns the name of a stage; null past the end.</summary>
    [LibraryImport(Seam)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? minilm_sampler_name_at(SafeLlamaSamplerHandle chain, int stage);
}
