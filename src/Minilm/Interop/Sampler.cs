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
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_penalties(int n_vocab, int last_n, float repeat, float freq, float present);

    /// <summary>Returns the token, or -1 no logits at the index, -2 nothing selects, -3 all excluded, -4 not finite.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_sampler_sample(SafeLlamaSamplerHandle chain, SafeLlamaContextHandle ctx, int index, llama_token_data* scratch);

    [LibraryImport(Llama)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? llama_sampler_name(nint smpl);

    [LibraryImport(Llama)]
    public static partial void llama_sampler_accept(SafeLlamaSamplerHandle smpl, int token);

    [LibraryImport(Llama)]
    public static partial void llama_sampler_apply(nint smpl, llama_token_data_array* cur_p);

    [LibraryImport(Llama)]
    public static partial void llama_sampler_reset(SafeLlamaSamplerHandle smpl);

    [LibraryImport(Llama)]
    public static partial void llama_sampler_free(nint smpl);

    [LibraryImport(Llama)]
    public static partial void llama_sampler_chain_add(SafeLlamaSamplerHandle chain, SafeLlamaSamplerHandle smpl);

    /// <summary>Returns a stage, which belongs to the chain; null past the end.</summary>
    [LibraryImport(Llama)]
    public static partial nint llama_sampler_chain_get(SafeLlamaSamplerHandle chain, int i);

    [LibraryImport(Llama)]
    public static partial int llama_sampler_chain_n(SafeLlamaSamplerHandle chain);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_greedy();

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_dist(uint seed);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_top_k(int k);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_top_p(float p, nuint min_keep);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_min_p(float p, nuint min_keep);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_typical(float p, nuint min_keep);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_temp(float t);

    /// <summary>Returns an invalid handle when the grammar does not parse.</summary>
    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_grammar([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, [MarshalUsing(typeof(OwnedUtf8))] string grammar_str, [MarshalUsing(typeof(OwnedUtf8))] string grammar_root);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_logit_bias(int n_vocab, int n_logit_bias, llama_logit_bias* logit_bias);
}
