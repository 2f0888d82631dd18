using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: the stages of a sampler chain. A handle is invalid when the stage could not be made.
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_greedy();

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_dist(uint seed);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_top_k(int k);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_top_p(float p, nuint min_keep);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_min_p(float p, nuint min_keep);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_typical(float p, nuint min_keep);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_temp(float t);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_temp_ext(float t, float delta, float exponent);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_xtc(float p, float t, nuint min_keep, uint seed);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_top_n_sigma(float n);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_mirostat(int n_vocab, uint seed, float tau, float eta, int m);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_mirostat_v2(uint seed, float tau, float eta);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_adaptive_p(float target, float decay, uint seed);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_infill(LlamaVocabHandle vocab);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_logit_bias(int n_vocab, int n_logit_bias, llama_logit_bias* logit_bias);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_penalties(int n_vocab, int last_n, float repeat, float freq, float present);

    [LibraryImport(Seam, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_dry(LlamaVocabHandle vocab, int n_ctx_train, float multiplier, float @base, int allowed_length, int last_n, string[] breakers, int n_breakers);

    [LibraryImport(Seam)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_grammar(LlamaVocabHandle vocab, [MarshalUsing(typeof(OwnedUtf8))] string grammar_str, [MarshalUsing(typeof(OwnedUtf8))] string grammar_root);

    /// <summary>Makes a grammar that waits for a trigger.</summary>
    [LibraryImport(Seam, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeLlamaSamplerHandle minilm_sampler_init_grammar_lazy(LlamaVocabHandle vocab, string grammar_str, string grammar_root, string[] trigger_patterns, nuint num_trigger_patterns, int[] trigger_tokens, nuint num_trigger_tokens);
}
