namespace Minilm.Tests;

/// <summary>What each stage alone does, on logits of a decode.</summary>
public sealed class LlamaSamplerStageTests
{
    private LlamaModel _model = null!;
    private LlamaContext _context = null!;
    private int[] _byLikelihood = null!;

    [OneTimeSetUp]
    public void Decode()
    {
        _model = TestModels.LoadTiny();
        _context = _model.CreateContext(new LlamaContextOptions { ContextSize = 128 });
        _context.Decode(_model.Vocab.Tokenize("Hello there", addSpecial: true), 0);
        float[] logits = _context.GetLogits().ToArray();
        _byLikelihood = [.. Enumerable.Range(0, logits.Length).OrderByDescending(token => logits[token])];
    }

    [OneTimeTearDown]
    public void Free()
    {
        _context.Dispose();
        _model.Dispose();
    }

    [Test]
    public void LogitBias_of_minus_1000_excludes_a_token()
    {
        int[] drawn = Draw(sampler => sampler.AddLogitBias(new Dictionary<int, float> { [_byLikelihood[0]] = -1000 }).AddDistribution(1), 300);
        int[] free = Draw(sampler => sampler.AddDistribution(1), 300);

        Assert.That(drawn, Has.No.Member(_byLikelihood[0]));
        Assert.That(free, Has.Member(_byLikelihood[0]));
    }

    [Test]
    public void Xtc_with_threshold_0_leaves_only_the_least_likely_token()
    {
        int[] drawn = Draw(sampler => sampler.AddTopK(5).AddXtc(1, 0, seed: 3).AddDistribution(1), 20);

        Assert.That(drawn, Has.All.EqualTo(_byLikelihood[4]));
    }

    [Test]
    public void Xtc_does_not_take_an_excluded_token_for_the_least_likely_one()
    {
        int[] drawn = Draw(sampler => sampler
            .AddLogitBias(new Dictionary<int, float> { [_byLikelihood[4]] = float.NegativeInfinity }).AddXtc(1, 0, seed: 3).AddDistribution(1), 20);

        Assert.That(drawn, Has.All.Not.EqualTo(_byLikelihood[4]));
        Assert.That(drawn.Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void Xtc_with_probability_0_or_a_high_threshold_changes_nothing()
    {
        int[] free = Draw(sampler => sampler.AddDistribution(1), 30);

        Assert.That(Draw(sampler => sampler.AddXtc(0, 0.1f, seed: 3).AddDistribution(1), 30), Is.EqualTo(free));
        Assert.That(Draw(sampler => sampler.AddXtc(1, 0.6f, seed: 3).AddDistribution(1), 30), Is.EqualTo(free));
    }

    [Test]
    public void TopNSigma_keeps_what_is_near_the_greatest_logit()
    {
        float[] logits = _context.GetLogits().ToArray();
        float mean = logits.Average();
        float deviation = MathF.Sqrt(logits.Average(logit => (logit - mean) * (logit - mean)));
        int[] within = [.. _byLikelihood.Where(token => logits[token] >= logits[_byLikelihood[0]] - deviation + 0.001f)];

        int[] drawn = Draw(sampler => sampler.AddTopNSigma(1).AddDistribution(1), 300);

        Assert.That(drawn.Distinct(), Is.SubsetOf(within));
        Assert.That(drawn.Distinct().Count(), Is.GreaterThan(1));
        Assert.That(Draw(sampler => sampler.AddTopNSigma(1e-6f).AddDistribution(1), 20), Has.All.EqualTo(_byLikelihood[0]));
    }

    [Test]
    public void Mirostat_keeps_the_surprise_of_a_text_near_its_target([Values(1, 2)] int version, [Values(2f, 4f)] float tau)
    {
        float[] logits = _context.GetLogits().ToArray();
        double max = logits.Max();
        double sum = logits.Sum(logit => Math.Exp(logit - max));
        int[] drawn = Draw(sampler => _ = version == 1 ? sampler.AddMirostat(tau, 0.1f, seed: 5) : sampler.AddMirostatV2(tau, 0.1f, seed: 5), 600);
        double surprise = drawn.Skip(200).Average(token => -Math.Log2(Math.Exp(logits[token] - max) / sum));
        double free = Draw(sampler => sampler.AddDistribution(5), 400).Average(token => -Math.Log2(Math.Exp(logits[token] - max) / sum));

        TestContext.Out.WriteLine($"mirostat {version}: aimed at {tau} bits, {surprise:F2} bits by the whole distribution; without it {free:F2}");
        Assert.That(surprise, Is.LessThan(free));
        Assert.That(surprise, Is.GreaterThan(tau - 1));
    }

    [Test]
    public void Mirostat_does_not_collapse_when_tokens_are_excluded()
    {
        Dictionary<int, float> most = _byLikelihood.Skip(50).ToDictionary(token => token, _ => float.NegativeInfinity);
        int[] drawn = Draw(sampler => sampler.AddLogitBias(most).AddMirostat(4, 0.1f, seed: 2), 100);

        Assert.That(drawn.Distinct(), Is.SubsetOf(_byLikelihood[..50]));
        Assert.That(drawn.Distinct().Count(), Is.GreaterThan(5));
    }

    [Test]
    public void Dry_stops_a_repetition()
    {
        int[] phrase = [.. _byLikelihood.Take(3)];
        int[] history = [.. phrase, .. phrase, .. phrase[..2]]; // the third token would go on
        Dictionary<int, float> eager = new() { [phrase[2]] = 20 };

        using LlamaSampler plain = New(sampler => sampler.AddLogitBias(eager).AddGreedy());
        using LlamaSampler dry = New(sampler => sampler.AddLogitBias(eager).AddDry(100, breakers: []).AddGreedy());
        plain.AcceptHistory(history);
        dry.AcceptHistory(history);

        Assert.That(plain.Sample(_context), Is.EqualTo(phrase[2]));
        Assert.That(dry.Sample(_context), Is.Not.EqualTo(phrase[2]));
    }

    [Test]
    public void Dry_sees_no_repetition_across_a_breaker()
    {
        int[] phrase = _model.Vocab.Tokenize("a:b");
        int[] history = [.. phrase, .. phrase, .. phrase[..^1]];
        Dictionary<int, float> eager = new() { [phrase[^1]] = 40 };
        using LlamaSampler dry = New(sampler => sampler.AddLogitBias(eager).AddDry(100).AddGreedy());
        using LlamaSampler unbroken = New(sampler => sampler.AddLogitBias(eager).AddDry(100, breakers: []).AddGreedy());
        dry.AcceptHistory(history);
        unbroken.AcceptHistory(history);

        Assert.That(dry.Sample(_context), Is.EqualTo(phrase[^1]), "the colon is a breaker by default");
        Assert.That(unbroken.Sample(_context), Is.Not.EqualTo(phrase[^1]));
    }

    [Test]
    public void AcceptHistory_is_seen_by_penalties_within_their_window_and_not_by_a_grammar()
    {
        int favourite = _byLikelihood[0];
        int[] history = [favourite, .. Enumerable.Repeat(_byLikelihood[200], 4)];
        using LlamaSampler near = New(sampler => sampler.AddPenalties(8, presence: 90).AddGreedy());
        using LlamaSampler far = New(sampler => sampler.AddPenalties(4, presence: 90).AddGreedy());
        using LlamaSampler grammar = New(sampler => sampler.AddGrammar("root ::= \"yes\"").AddPenalties(8, presence: 1).AddGreedy());
        near.AcceptHistory(history);
        far.AcceptHistory(history);
        grammar.AcceptHistory(history);

        Assert.That(near.Sample(_context), Is.Not.EqualTo(favourite));
        Assert.That(far.Sample(_context), Is.EqualTo(favourite));
        Assert.That(_model.Vocab.Detokenize([grammar.Sample(_context)!.Value]), Does.StartWith("y"));
        Assert.That(() => near.AcceptHistory([416]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void DynamicTemperature_follows_the_entropy()
    {
        // The same range: an exponent that makes the entropy count for nothing gives its upper end, one that makes it count for all its lower end.
        int[] hot = Draw(sampler => sampler.AddDynamicTemperature(1, 1, 0.01f).AddDistribution(1), 200);
        int[] cold = Draw(sampler => sampler.AddDynamicTemperature(1, 1, 100).AddDistribution(1), 200);

        Assert.That(hot.Distinct().Count(), Is.GreaterThan(50));
        Assert.That(cold, Has.All.EqualTo(_byLikelihood[0]), "the lower end is 0");
        Assert.That(Draw(sampler => sampler.AddDynamicTemperature(0.5f, 0).AddDistribution(1), 30), Is.EqualTo(Draw(sampler => sampler.AddTemperature(0.5f).AddDistribution(1), 30)));
        Assert.That(Draw(sampler => sampler.AddDynamicTemperature(0, 0).AddDistribution(1), 5), Has.All.EqualTo(_byLikelihood[0]));
    }

    [Test]
    public void AdaptiveP_selects_near_its_target()
    {
        float[] logits = _context.GetLogits().ToArray();
        double max = logits.Max();
        double sum = logits.Sum(logit => Math.Exp(logit - max));
        double high = Mean(1);
        double low = Mean(0);

        Assert.That(high, Is.GreaterThan(low));

        double Mean(float target) => Draw(sampler => sampler.AddAdaptiveP(target, 0.9f, seed: 4), 200).Average(token => Math.Exp(logits[token] - max) / sum);
    }

    [Test]
    public void Infill_ends_or_keeps_tokens_that_are_likely_and_begin_alike_once()
    {
        int[] drawn = Draw(sampler => sampler.AddTopK(40).AddTopP(0.99f).AddInfill().AddDistribution(3), 30);
        int[] end = Draw(sampler => sampler.AddLogitBias(new Dictionary<int, float> { [_model.Vocab.EndOfText!.Value] = 40 }).AddTopK(40).AddInfill().AddDistribution(3), 5);

        Assert.That(drawn.Distinct().Count(), Is.LessThan(6), "tokens below a fifth of the probability are dropped");
        Assert.That(end, Has.All.EqualTo(_model.Vocab.EndOfText));
    }

    [Test]
    public void Infill_requires_few_candidates()
    {
        using var sampler = new LlamaSampler(_model.Vocab);

        Assert.That(() => sampler.AddInfill(), Throws.InvalidOperationException.With.Message.Contains(nameof(LlamaSampler.AddTopK)));
        Assert.That(() => sampler.AddTopK(2000).AddInfill(), Throws.InvalidOperationException);
        Assert.That(() => sampler.AddTopK(0).AddInfill(), Throws.InvalidOperationException);
    }

    [TestCase(float.NaN)]
    [TestCase(-0.1f)]
    [TestCase(float.PositiveInfinity)]
    public void Add_names_a_value_that_is_out_of_range(float value)
    {
        using var sampler = new LlamaSampler(_model.Vocab);
        Assert.Multiple(() =>
        {
            Refused(() => sampler.AddXtc(value, 0.1f, 1), "probability", "from 0 to 1");
            Refused(() => sampler.AddXtc(0.5f, value, 1), "threshold", "from 0 to 1");
            Refused(() => sampler.AddTopNSigma(value), "n", "from 0 to 1000");
            Refused(() => sampler.AddDynamicTemperature(value, 1), "temperature", "from 0 to 100");
            Refused(() => sampler.AddDynamicTemperature(1, value), "range", "from 0 to 100");
            Refused(() => sampler.AddDynamicTemperature(1, 1, value), "exponent", "from 0.01 to 100");
            Refused(() => sampler.AddMirostat(value, 0.1f, 1), "tau", "greater than 0");
            Refused(() => sampler.AddMirostatV2(value, 0.1f, 1), "tau", "greater than 0");
            Refused(() => sampler.AddMirostatV2(5, value, 1), "eta", "from 0 to 1");
            Refused(() => sampler.AddDry(value), "multiplier", "from 0 to 100");
            Refused(() => sampler.AddDry(1, value), "growth", "from 1 to 100");
            Refused(() => sampler.AddAdaptiveP(value, 0.5f, 1), "target", "from 0 to 1");
            Refused(() => sampler.AddAdaptiveP(0.5f, value, 1), "decay", "from 0 to 1");
            Assert.That(sampler.Count, Is.Zero, "nothing was added");
        });

        void Refused(Action add, string name, string range)
        {
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(add)!;
            Assert.That(error.ParamName, Is.EqualTo(name));
            Assert.That(error.ActualValue, Is.EqualTo(value));
            Assert.That(error.Message, Does.Contain(range));
        }
    }

    [Test]
    public void Add_refuses_counts_and_texts_that_the_library_would_not_take()
    {
        using var sampler = new LlamaSampler(_model.Vocab);
        Assert.Multiple(() =>
        {
            Assert.That(() => sampler.AddMirostat(0, 0.1f, 1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddMirostat(5, 0.1f, 1, m: 1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddDry(1, allowedLength: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddDry(1, window: -1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddDry(1, window: int.MaxValue), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddDry(1, breakers: [""]), Throws.ArgumentException.With.Message.Contains("1 to 40 bytes"));
            Assert.That(() => sampler.AddDry(1, breakers: [new string('x', 41)]), Throws.ArgumentException.With.Message.Contains("1 to 40 bytes"));
            Assert.That(() => sampler.AddDry(1, breakers: [.. Enumerable.Repeat("x", 33)]), Throws.ArgumentException.With.Message.Contains("33 texts"));
            Assert.That(sampler.Count, Is.Zero);
        });
    }

    [Test]
    public void Every_selecting_chain_is_the_same_under_the_same_seed([Values("dist", "mirostat", "mirostat 2", "adaptive-p", "xtc")] string kind)
    {
        int[] first = Draw(Build(7), 40);

        Assert.That(Draw(Build(7), 40), Is.EqualTo(first));
        Assert.That(Draw(Build(8), 40), Is.Not.EqualTo(first));

        Action<LlamaSampler> Build(uint seed) => sampler => _ = kind switch
        {
            "mirostat" => sampler.AddMirostat(5, 0.1f, seed),
            "mirostat 2" => sampler.AddMirostatV2(5, 0.1f, seed),
            "adaptive-p" => sampler.AddAdaptiveP(0.3f, 0.9f, seed),
            "xtc" => sampler.AddXtc(0.5f, 0.01f, seed).AddDistribution(seed),
            _ => sampler.AddDistribution(seed),
        };
    }

    private int[] Draw(Action<LlamaSampler> build, int count)
    {
        using LlamaSampler sampler = New(build);
        return [.. Enumerable.Range(0, count).Select(_ => sampler.Sample(_context)!.Value)];
    }

    private LlamaSampler New(Action<LlamaSampler> build)
    {
        var sampler = new LlamaSampler(_model.Vocab);
        build(sampler);
        return sampler;
    }
}
