using Minilm.Grammars;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm;

/// <content>Grammars, which allow only some tokens, and what they must be asked before a token is accepted.</content>
public sealed unsafe partial class LlamaSampler
{
    private readonly List<int> _grammarStages = [];

    /// <summary>Allows only tokens that continue a text of a grammar. Belongs before stages that drop tokens.</summary>
    /// <param name="gbnf">The rules in GBNF.</param>
    /// <param name="root">The start rule.</param>
    /// <returns>This chain.</returns>
    /// <exception cref="ArgumentException">The grammar does not parse (the message has libllama's words), or it is too long or too deep for libllama's parser.</exception>
    public LlamaSampler AddGrammar(string gbnf, string root = "root")
    {
        RequireGrammar(gbnf, root);
        return AddGrammar(SafeLlamaSamplerHandle.Create(_vocab.Model, vocab => NativeMethods.minilm_sampler_init_grammar(vocab, gbnf, root)), gbnf, root);
    }

    /// <summary>Lets everything pass until a trigger appears, and from the trigger on only what continues a text of a grammar.</summary>
    /// <param name="gbnf">The rules in GBNF. Its texts begin with the trigger: the grammar sees it (from the first group of a pattern that has one).</param>
    /// <param name="triggers">What the grammar waits for.</param>
    /// <param name="root">The start rule.</param>
    /// <returns>This chain.</returns>
    /// <remarks>A token can carry more than the end of a trigger. Where the grammar does not allow the rest, sampling throws an <see cref="InferenceException"/>.</remarks>
    /// <exception cref="ArgumentException">The grammar does not parse, or it is too long or too deep; there is no trigger, or a pattern is not of the subset that <see cref="GrammarTriggers.Patterns"/> describes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A trigger is a token that the vocabulary does not have.</exception>
    public LlamaSampler AddLazyGrammar(string gbnf, GrammarTriggers triggers, string root = "root")
    {
        RequireGrammar(gbnf, root);
        ArgumentNullException.ThrowIfNull(triggers);
        string[] patterns = TriggerPatterns.Of(triggers, nameof(triggers));
        int[] tokens = [.. triggers.Tokens];
        foreach (int token in tokens)
        {
            RequireToken(token);
        }
        return AddGrammar(SafeLlamaSamplerHandle.Create(_vocab.Model, vocab => NativeMethods.minilm_sampler_init_grammar_lazy(vocab, gbnf, root, patterns, (nuint)patterns.Length, tokens, (nuint)tokens.Length)), gbnf, root);
    }

    /// <summary>Tells the chain that a token was taken without sampling it, such as one of the prompt.</summary>
    /// <param name="token">A token id.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    /// <exception cref="InvalidOperationException">A grammar of the chain does not allow the token.</exception>
    /// <exception cref="InferenceException">The token triggers a lazy grammar that does not allow the trigger's text.</exception>
    public void Accept(int token)
    {
        RequireToken(token);
        foreach (int stage in _grammarStages)
        {
            // libllama ends the process when a grammar is given a token that it does not allow.
            var candidate = new llama_token_data { id = token, logit = 1 };
            var candidates = new llama_token_data_array { data = &candidate, size = 1, selected = -1 };
            NativeFailure.Require(NativeMethods.minilm_sampler_apply_at(_chain, stage, &candidates), "llama_sampler_apply");
            if (float.IsNegativeInfinity(candidate.logit))
            {
                throw new InvalidOperationException($"The grammar does not allow token {token} here.");
            }
        }
        if (!NativeMethods.minilm_sampler_accept(_chain, token))
        {
            throw SamplingFailed(NativeFailure.Threw, 0);
        }
    }

    private static void RequireGrammar(string gbnf, string root)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(gbnf);
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        GrammarLimits.Require(gbnf, nameof(gbnf));
    }

    private void RequireToken(int token)
    {
        if ((uint)token >= (uint)_vocab.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(token), token, $"The vocabulary has the tokens 0 to {_vocab.Count - 1}.");
        }
    }

    private LlamaSampler AddGrammar(SafeLlamaSamplerHandle stage, string gbnf, string root)
    {
        int index;
        using (stage) // also when the chain or the model was disposed
        {
            if (stage.IsInvalid)
            {
                throw new ArgumentException($"The grammar does not parse (start rule '{root}'): {NativeFailure.Words}", nameof(gbnf));
            }
            index = Count;
            Add(stage);
        }
        _grammarStages.Add(index);
        return this;
    }
}
