namespace Minilm.Tests;

public sealed class LlamaSamplerTests
{
    private LlamaModel _model = null!;
    private LlamaContext _context = null!;

    [OneTimeSetUp]
    public void Decode()
    {
        _model = TestModels.LoadTiny();
        _context = _model.CreateContext(new LlamaContextOptions { ContextSize = 128 });
        _context.Decode(_model.Vocab.Tokenize("Hello there", addSpecial: true), 0);
    }

    [OneTimeTearDown]
    public void Free()
    {
        _context.Dispose();
        _model.Dispose();
    }

    [Test]
    public void Sample_takes_the_most_likely_token_when_greedy()
    {
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddGreedy();

        Assert.That(sampler.Sample(_context), Is.EqualTo(MostLikely()));
    }

    [Test]
    public void Sample_is_the_same_under_the_same_seed_and_differs_under_others()
    {
        int[] first = Draw(seed: 1);

        Assert.Multiple(() =>
        {
            Assert.That(Draw(seed: 1), Is.EqualTo(first));
            Assert.That(Draw(seed: 2), Is.Not.EqualTo(first));
        });

        int[] Draw(uint seed)
        {
            using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddDistribution(seed);
            return [.. Enumerable.Range(0, 20).Select(_ => sampler.Sample(_context)!.Value)];
        }
    }

    [Test]
    public void Sample_stays_within_what_a_stage_keeps([Values("top_k", "top_p", "min_p", "typical", "temperature")] string stage)
    {
        using var sampler = new LlamaSampler(_model.Vocab);
        _ = stage switch
        {
            "top_k" => sampler.AddTopK(1),
            "top_p" => sampler.AddTopP(0),
            "min_p" => sampler.AddMinP(1),
            "typical" => sampler.AddTypical(0),
            _ => sampler.AddTemperature(0),
        };
        sampler.AddDistribution(5);

        int[] drawn = [.. Enumerable.Range(0, 10).Select(_ => sampler.Sample(_context)!.Value)];

        Assert.That(drawn.Distinct().Count(), Is.EqualTo(1), "each of these settings leaves a single token");
        if (stage != "typical")
        {
            Assert.That(drawn[0], Is.EqualTo(MostLikely()));
        }
    }

    [Test]
    public void LogitBias_excludes_a_token_and_forces_another()
    {
        int favourite = MostLikely();
        using LlamaSampler without = new LlamaSampler(_model.Vocab).AddLogitBias(new Dictionary<int, float> { [favourite] = float.NegativeInfinity }).AddGreedy();
        using LlamaSampler forced = new LlamaSampler(_model.Vocab).AddLogitBias(new Dictionary<int, float> { [77] = 1000 }).AddGreedy();

        Assert.Multiple(() =>
        {
            Assert.That(without.Sample(_context), Is.Not.EqualTo(favourite));
            Assert.That(forced.Sample(_context), Is.EqualTo(77));
        });
    }

    [Test]
    public void Penalties_move_the_choice_away_from_accepted_tokens_until_Reset()
    {
        int favourite = MostLikely();
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddPenalties(window: 8, presence: 90).AddGreedy();

        int first = sampler.Sample(_context)!.Value;
        int second = sampler.Sample(_context)!.Value;
        sampler.Reset();
        int afterReset = sampler.Sample(_context)!.Value;

        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(favourite));
            Assert.That(second, Is.Not.EqualTo(favourite));
            Assert.That(afterReset, Is.EqualTo(favourite));
        });
    }

    [Test]
    public void Grammar_allows_only_its_texts_and_then_the_end()
    {
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddGrammar("root ::= \"yes\"").AddGreedy();
        string text = "";
        for (int i = 0; i < 10 && sampler.Sample(_context) is { } token && !_model.Vocab.IsEndOfGeneration(token); i++)
        {
            text += _model.Vocab.Detokenize([token]);
        }

        Assert.That(text, Is.EqualTo("yes"));
    }

    [Test]
    public void Sample_gives_null_when_the_grammar_is_complete_and_the_end_is_excluded()
    {
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab)
            .AddLogitBias(new Dictionary<int, float> { [_model.Vocab.EndOfText!.Value] = float.NegativeInfinity })
            .AddGrammar("root ::= \"a\"")
            .AddGreedy();

        Assert.That(sampler.Sample(_context), Is.Not.Null);
        Assert.That(sampler.Sample(_context), Is.Null);
    }

    [Test]
    public void Accept_refuses_a_token_that_the_grammar_does_not_allow()
    {
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddTopK(10).AddGrammar("root ::= [0-9]+").AddGreedy();
        int[] word = _model.Vocab.Tokenize("xyz");

        Assert.Multiple(() =>
        {
            Assert.That(() => sampler.Accept(word[^1]), Throws.InvalidOperationException.With.Message.Contains("grammar"));
            Assert.That(() => sampler.Accept(99999), Throws.TypeOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void AddGrammar_says_what_is_wrong_with_it()
    {
        using var sampler = new LlamaSampler(_model.Vocab);

        Assert.Multiple(() =>
        {
            Assert.That(() => sampler.AddGrammar("root ::= (((\"a\""), Throws.ArgumentException.With.Message.Contains("parse"));
            Assert.That(() => sampler.AddGrammar("other ::= \"a\""), Throws.ArgumentException.With.Message.Contains("root"));
            Assert.That(() => sampler.AddGrammar(" "), Throws.ArgumentException);
            Assert.That(sampler.Count, Is.Zero);
        });
    }

    [Test]
    public void AddGrammar_refuses_what_the_parser_of_the_library_would_not_survive()
    {
        using var sampler = new LlamaSampler(_model.Vocab);
        string deep = $"root ::= {new string('(', 100_000)}\"a\"{new string(')', 100_000)}";
        string hidden = $"root ::= \"\\\"(\" [\\](] # (\n {new string('(', 201)}\"a\"{new string(')', 201)}";
        string chain = string.Concat(Enumerable.Range(0, 5000).Select(i => $"r{i}::=r{i + 1}\n"));

        Assert.Multiple(() =>
        {
            Assert.That(() => sampler.AddGrammar(deep), Throws.ArgumentException.With.Message.Contains("200012 characters"));
            Assert.That(() => sampler.AddGrammar(hidden), Throws.ArgumentException.With.Message.Contains("201 deep"));
            Assert.That(() => sampler.AddGrammar(chain[..^1], "r0"), Throws.ArgumentException.With.Message.Contains("characters").Or.Message.Contains("5000 rules"));
            Assert.That(() => sampler.AddGrammar("root ::= \"a\"\0 nonsense"), Throws.ArgumentException.With.Message.Contains("U+0000"));
            Assert.That(sampler.Count, Is.Zero);
        });
    }

    [Test]
    public void AddGrammar_takes_what_is_just_within_its_limits()
    {
        using var sampler = new LlamaSampler(_model.Vocab);
        string literals = string.Concat(Enumerable.Repeat("\"(\" ", 300)); // text, not nesting
        string deep = $"root ::= {new string('(', 200)}\"a\"{new string(')', 200)} {literals}";
        string chain = string.Concat(Enumerable.Range(0, 4095).Select(i => $"r{i}::=r{i + 1}\n")) + "r4095::=\"a\"";
        var thread = new Thread(
            () =>
            {
                sampler.AddGrammar(deep);
                sampler.AddGrammar(chain, "r0");
                sampler.AddGreedy();
            },
            maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();

        Assert.That(sampler.Count, Is.EqualTo(3));
    }

    [TestCase(1e-45f)]
    [TestCase(1e-38f)]
    [TestCase(1e-7f)]
    public void A_temperature_near_zero_takes_the_most_likely_token(float temperature)
    {
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddTemperature(temperature).AddDistribution(7);

        Assert.That(sampler.Sample(_context), Is.EqualTo(MostLikely()));
    }

    [Test]
    public void Add_after_Dispose_is_an_error_and_leaves_no_handle_behind()
    {
        var sampler = new LlamaSampler(_model.Vocab);
        sampler.Dispose();

        Assert.Multiple(() =>
        {
            Assert.That(() => sampler.AddGreedy(), Throws.InstanceOf<ObjectDisposedException>());
            Assert.That(() => sampler.AddGrammar("root ::= \"a\""), Throws.InstanceOf<ObjectDisposedException>());
        });
    }

    [Test]
    public void Add_refuses_values_out_of_range()
    {
        using var sampler = new LlamaSampler(_model.Vocab);
        Assert.Multiple(() =>
        {
            Assert.That(() => sampler.AddTopP(1.01f), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddMinP(float.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddTemperature(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddPenalties(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddPenalties(int.MaxValue, repeat: 1.1f), Throws.TypeOf<ArgumentOutOfRangeException>(), "the library would take 8 GiB");
            Assert.That(() => sampler.AddPenalties(8, repeat: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddPenalties(8, frequency: float.PositiveInfinity), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddLogitBias(new Dictionary<int, float> { [416] = 1 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("416"));
            Assert.That(() => sampler.AddLogitBias(new Dictionary<int, float> { [4] = float.NaN }), Throws.TypeOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void Sample_says_what_is_missing()
    {
        using LlamaSampler undecided = new LlamaSampler(_model.Vocab).AddTopK(5);
        using LlamaSampler greedy = new LlamaSampler(_model.Vocab).AddGreedy();
        using LlamaContext fresh = _model.CreateContext();

        Assert.Multiple(() =>
        {
            Assert.That(() => undecided.Sample(_context), Throws.InvalidOperationException.With.Message.Contains(nameof(LlamaSampler.AddGreedy)));
            Assert.That(() => greedy.Sample(fresh), Throws.InvalidOperationException.With.Message.Contains("no logits"));
            Assert.That(() => greedy.Sample(_context, index: 0), Throws.InvalidOperationException, "only the last token has logits");
            Assert.That(() => greedy.Sample(_context, index: -2), Throws.InvalidOperationException);
        });
    }

    [Test]
    public void Names_lists_the_stages_in_order()
    {
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddTopK(5).AddTemperature(0.5f).AddDistribution(3);

        Assert.That(sampler.Count, Is.EqualTo(3));
        Assert.That(sampler.Names, Is.EqualTo(new[] { "top-k", "temp", "dist" }));
    }

    [Test]
    public void A_grammar_keeps_its_model_alive_until_the_sampler_is_disposed()
    {
        LlamaModel model = TestModels.LoadTiny();
        LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextSize = 64 });
        context.Decode([1], 0);
        LlamaSampler sampler = new LlamaSampler(model.Vocab).AddGrammar("root ::= [a-z]+").AddGreedy();
        model.Dispose();

        Assert.That(sampler.Sample(context), Is.Not.Null);
        sampler.Dispose();
        context.Dispose();
    }

    private int MostLikely()
    {
        ReadOnlySpan<float> logits = _context.GetLogits();
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
