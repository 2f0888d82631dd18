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

    /// <summary>Returns the token, or -1 no logits at the index, -2 nothing selects, -3 all excluded, -4 not finite, -5 an exception.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_sampler_sample(SafeLlamaSamplerHandle chain, SafeLlamaContextHandle ctx, int index, llama_token_data* scratch);

    [LibraryImport(Llama)]
    [return: MarshalUsing(typeof(BorrowedUtf8))]
    public static partial string? llama_sampler_name(nint smpl);

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

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_temp_ext(float t, float delta, float exponent);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_xtc(float p, float t, nuint min_keep, uint seed);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_top_n_sigma(float n);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_mirostat(int n_vocab, uint seed, float tau, float eta, int m);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_mirostat_v2(uint seed, float tau, float eta);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_adaptive_p(float target, float decay, uint seed);

    [LibraryImport(Llama)]
    public static partial SafeLlamaSamplerHandle llama_sampler_init_infill([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab);

    /// <summary>Returns 0, or -5 after an exception.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_sampler_accept(SafeLlamaSamplerHandle chain, int token);

    /// <summary>Lets one stage of a chain accept tokens that the others do not see.</summary>
    [LibraryImport(Seam)]
    public static partial void minilm_sampler_accept_at(SafeLlamaSamplerHandle chain, int stage, int* tokens, int n_tokens);

    [LibraryImport(Seam, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_dry([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, int n_ctx_train, float multiplier, float @base, int allowed_length, int last_n, string[] breakers, int n_breakers);

    /// <summary>Returns an invalid handle when the grammar or a pattern does not parse.</summary>
    [LibraryImport(Seam, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_grammar_lazy([MarshalUsing(typeof(VocabOfModel))] SafeLlamaModelHandle vocab, string grammar, string root, string[] patterns, int n_patterns, int[] tokens, int n_tokens);
}
