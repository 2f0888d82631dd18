using System.Globalization;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm;

/// <summary>A chain of samplers that turns logits into a token. Stages work in the order in which they are added; the last one selects (<see cref="AddGreedy"/> or <see cref="AddDistribution"/>).</summary>
/// <remarks>Not thread-safe. Parameters are those of llama.h.</remarks>
public sealed unsafe partial class LlamaSampler : IDisposable
{
    private const float LeastTemperature = 1e-6f;

    private readonly SafeLlamaSamplerHandle _chain;
    private readonly LlamaVocab _vocab;

    /// <summary>Creates an empty chain.</summary>
    /// <param name="vocab">The vocabulary of the model whose logits it will see.</param>
    public LlamaSampler(LlamaVocab vocab)
    {
        ArgumentNullException.ThrowIfNull(vocab);
        _vocab = vocab;
        _chain = NativeMethods.minilm_sampler_chain_init(no_perf: true);
        if (_chain.IsInvalid)
        {
            InferenceException failure = NativeFailure.Inference("The sampler chain could not be created", 0);
            _chain.Dispose();
            throw failure;
        }
    }

    /// <summary>Gets the number of stages.</summary>
    public int Count => NativeMethods.llama_sampler_chain_n(_chain);

    /// <summary>Gets the names of the stages, in order.</summary>
    public IReadOnlyList<string> Names =>
        [.. Enumerable.Range(0, Count).Select(i => NativeMethods.minilm_sampler_name_at(_chain, i) ?? "")];

    /// <summary>Selects the most likely token.</summary>
    /// <returns>This chain.</returns>
    public LlamaSampler AddGreedy() => Add(NativeMethods.minilm_sampler_init_greedy());

    /// <summary>Selects a token at random by its probability.</summary>
    /// <param name="seed">The seed; uint.MaxValue takes a random one (LLAMA_DEFAULT_SEED).</param>
    /// <returns>This chain.</returns>
    public LlamaSampler AddDistribution(uint seed) => Add(NativeMethods.minilm_sampler_init_dist(seed));

    /// <summary>Divides the logits by a temperature; 0 keeps the most likely token alone.</summary>
    /// <param name="temperature">0 or more. Below a millionth it is 0: the quotients would not be finite.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or NaN.</exception>
    public LlamaSampler AddTemperature(float temperature) => Add(NativeMethods.minilm_sampler_init_temp(AtLeastZero(temperature, nameof(temperature)) < LeastTemperature ? 0 : temperature));

    /// <summary>Keeps the most likely tokens.</summary>
    /// <param name="k">How many; 0 or less keeps all.</param>
    /// <returns>This chain.</returns>
    public LlamaSampler AddTopK(int k)
    {
        Add(NativeMethods.minilm_sampler_init_top_k(k));
        _mostCandidates = k > 0 ? Math.Min(_mostCandidates, k) : _mostCandidates;
        return this;
    }

    /// <summary>Keeps the most likely tokens that together have a probability (nucleus sampling).</summary>
    /// <param name="p">0 to 1; 1 keeps all.</param>
    /// <param name="minKeep">The least number of tokens to keep.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">p is outside 0 to 1.</exception>
    public LlamaSampler AddTopP(float p, int minKeep = 1) => Add(NativeMethods.minilm_sampler_init_top_p(Probability(p), (nuint)Math.Max(minKeep, 1)));

    /// <summary>Keeps tokens by their probability relative to the most likely one.</summary>
    /// <param name="p">0 to 1; 0 keeps all.</param>
    /// <param name="minKeep">The least number of tokens to keep.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">p is outside 0 to 1.</exception>
    public LlamaSampler AddMinP(float p, int minKeep = 1) => Add(NativeMethods.minilm_sampler_init_min_p(Probability(p), (nuint)Math.Max(minKeep, 1)));

    /// <summary>Keeps tokens whose surprise is near the expected one (locally typical sampling, arXiv 2202.00666).</summary>
    /// <param name="p">0 to 1; 1 keeps all.</param>
    /// <param name="minKeep">The least number of tokens to keep.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">p is outside 0 to 1.</exception>
    /// <remarks>Takes two stages: a token that was excluded (by a bias, by a grammar) would make libllama's entropy NaN, so those are dropped first.</remarks>
    public LlamaSampler AddTypical(float p, int minKeep = 1) =>
        AddMinP(1e-30f).Add(NativeMethods.minilm_sampler_init_typical(Probability(p), (nuint)Math.Max(minKeep, 1)));

    /// <summary>Adds to the logits of single tokens.</summary>
    /// <param name="bias">What is added, by token id; −∞ excludes a token.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token, or a bias is NaN or +∞.</exception>
    public LlamaSampler AddLogitBias(IReadOnlyDictionary<int, float> bias)
    {
        ArgumentNullException.ThrowIfNull(bias);
        var entries = new llama_logit_bias[bias.Count];
        int count = 0;
        foreach ((int token, float value) in bias)
        {
            if ((uint)token >= (uint)_vocab.Count)
            {
                throw new ArgumentOutOfRangeException(nameof(bias), token, $"The logit bias names token {token}; the vocabulary has the tokens 0 to {_vocab.Count - 1}.");
            }
            if (float.IsNaN(value) || float.IsPositiveInfinity(value))
            {
                throw new ArgumentOutOfRangeException(nameof(bias), value, $"The logit bias of token {token} is {value}; it must be a number or −∞.");
            }
            entries[count++] = new llama_logit_bias { token = token, bias = value };
        }
        fixed (llama_logit_bias* pointer = entries)
        {
            return Add(NativeMethods.minilm_sampler_init_logit_bias(_vocab.Count, count, pointer));
        }
    }

    /// <summary>Samples a token from the logits of the last decode and accepts it.</summary>
    /// <param name="context">The context that decoded.</param>
    /// <param name="index">The token of the batch whose logits are used; −1 is the last with logits.</param>
    /// <returns>A token id; null when the chain excludes every token (a grammar that is complete in a vocabulary without an end).</returns>
    /// <exception cref="InvalidOperationException">There are no logits at that index, or no stage selects.</exception>
    /// <exception cref="InferenceException">The model computed values that are not finite: its weights are damaged.</exception>
    public int? Sample(LlamaContext context, int index = -1)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.RequireLogits(index, _vocab.Count);
        int token = SampleUnchecked(context, index);
        return token >= 0 ? token : token == ExcludedAll ? null : throw SamplingFailed(token, index);
    }

    /// <summary>Forgets what was accepted: penalties, grammar position, random state.</summary>
    public void Reset() => NativeFailure.Require(NativeMethods.minilm_sampler_reset(_chain), "llama_sampler_reset");

    /// <summary>Releases the chain and its stages.</summary>
    public void Dispose() => _chain.Dispose();

    /// <summary>The seed that takes a random one.</summary>
    internal const uint RandomSeed = SamplerSeed.Random;

    /// <summary>What <see cref="SampleUnchecked"/> returns when no token is allowed (MINILM_SAMPLE_EXCLUDED).</summary>
    internal const int ExcludedAll = (int)SampleResult.Excluded;

    /// <summary>Samples without checking the index; a negative result is one of minilm.h's MINILM_SAMPLE values.</summary>
    internal int SampleUnchecked(LlamaContext context, int index)
    {
        fixed (llama_token_data* scratch = context.Candidates)
        {
            return NativeMethods.minilm_sampler_sample(_chain, context.Handle, index, scratch);
        }
    }

    internal static Exception SamplingFailed(int code, int index) => code switch
    {
        (int)SampleResult.NoLogits => new InvalidOperationException($"There are no logits at index {index} of the last decode."),
        (int)SampleResult.NoChoice => new InvalidOperationException($"No stage of the chain selects a token: end it with {nameof(AddGreedy)} or {nameof(AddDistribution)}."),
        (int)SampleResult.NotFinite => new InferenceException("The model computed NaN or infinite logits. Its weights are damaged, or its quantization does not fit this machine."),
        NativeFailure.Threw => new InferenceException($"A stage of the sampler chain failed: {NativeFailure.Words}. A lazy grammar must allow what follows its trigger in the same token, the trigger included.", code),
        _ => new InferenceException($"Sampling failed with code {code}.", code),
    };

    private LlamaSampler Add(SafeLlamaSamplerHandle stage)
    {
        using (stage) // also when the chain was disposed
        {
            if (stage.IsInvalid)
            {
                throw NativeFailure.Inference("The sampler could not be created", 0);
            }
            NativeFailure.Require(stage.MoveInto(_chain), "llama_sampler_chain_add");
        }
        return this;
    }

    private static float Probability(float p) =>
        p is >= 0 and <= 1 ? p : throw new ArgumentOutOfRangeException(nameof(p), p, "A probability must be from 0 to 1.");

    private static float Within(float value, float minimum, float maximum, string name) => value >= minimum && value <= maximum
        ? value
        : throw new ArgumentOutOfRangeException(name, value, string.Create(CultureInfo.InvariantCulture, $"The value must be from {minimum} to {maximum}."));

    private static float AtLeastZero(float value, string name) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, value, "The value must be 0 or more.");

    private static void Finite(float value, string name)
    {
        if (!float.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "The value must be finite.");
        }
    }
}
