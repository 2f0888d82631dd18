using Minilm.Gguf;

namespace Minilm.Tests.Engine;

/// <summary>Sampling as calls and hosts ask for it, and as a model's file recommends it.</summary>
public sealed class SamplingOptionTests
{
    private LlamaModel _model = null!;
    private Dictionary<int, float> _neverEnds = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _model = TestModels.LoadTiny();
        _neverEnds = new Dictionary<int, float> { [_model.Vocab.EndOfText!.Value] = float.NegativeInfinity };
    }

    [OneTimeTearDown]
    public void Free() => _model.Dispose();

    public static IEnumerable<TestCaseData> Chains()
    {
        yield return new TestCaseData(new CompletionOptions { TopNSigma = 1.5f }).SetArgDisplayNames("top-n-sigma");
        yield return new TestCaseData(new CompletionOptions { XtcProbability = 0.5f, XtcThreshold = 0.02f }).SetArgDisplayNames("xtc");
        yield return new TestCaseData(new CompletionOptions { DynamicTemperatureRange = 0.5f }).SetArgDisplayNames("dynamic temperature");
        yield return new TestCaseData(new CompletionOptions { Mirostat = MirostatMode.Version1 }).SetArgDisplayNames("mirostat 1");
        yield return new TestCaseData(new CompletionOptions { Mirostat = MirostatMode.Version2, MirostatTau = 3 }).SetArgDisplayNames("mirostat 2");
        yield return new TestCaseData(new CompletionOptions { AdaptivePTarget = 0.3f, MinP = 0.01f }).SetArgDisplayNames("adaptive-p");
        yield return new TestCaseData(new CompletionOptions { DryMultiplier = 0.8f, PenalizePrompt = true }).SetArgDisplayNames("dry");
        yield return new TestCaseData(new CompletionOptions
        {
            DryMultiplier = 0.8f,
            RepeatPenalty = 1.1f,
            TopNSigma = 3,
            TopK = 100,
            TypicalP = 0.95f,
            TopP = 0.95f,
            MinP = 0.001f,
            XtcProbability = 0.2f,
            DynamicTemperatureRange = 0.3f,
            AdaptivePTarget = 0.2f,
            PenalizePrompt = true,
        }).SetArgDisplayNames("all");
    }

    [TestCaseSource(nameof(Chains))]
    public void The_same_prompt_seed_and_chain_give_the_same_text(CompletionOptions options)
    {
        CompletionOptions seeded = options with { Seed = 17, MaxTokens = 40, Temperature = 1.2f, LogitBias = _neverEnds };
        Completion first = _model.Predict("Hello there", seeded);

        Assert.That(first.Usage.CompletionTokens, Is.EqualTo(40));
        Assert.That(_model.Predict("Hello there", seeded).Text, Is.EqualTo(first.Text));
        Assert.That(_model.Predict("Hello there", seeded with { Seed = 18 }).Text, Is.Not.EqualTo(first.Text));
    }

    [TestCaseSource(nameof(Chains))]
    public void Tokens_after_the_first_allocate_nothing(CompletionOptions options)
    {
        var wholeCharacters = new Dictionary<int, float>(_neverEnds); // the decoder allocates for its first byte that is none
        for (int token = 3; token < 3 + 256; token++)
        {
            wholeCharacters[token] = float.NegativeInfinity;
        }
        CompletionOptions seeded = options with { Seed = 17, MaxTokens = 200, Temperature = 1.2f, LogitBias = wholeCharacters };
        _model.Predict("Hello", seeded, _ => { }); // the first run grows the pools
        long first = 0;
        long last = 0;
        int pieces = 0;
        _model.Predict("Hello", seeded, _ =>
        {
            last = GC.GetAllocatedBytesForCurrentThread();
            first = pieces++ == 0 ? last : first;
        });

        Assert.That(pieces, Is.GreaterThan(50));
        Assert.That(last - first, Is.Zero);
    }

    [TestCase(nameof(CompletionOptions.DynamicTemperatureRange), -1f, "from 0 to 100")]
    [TestCase(nameof(CompletionOptions.DynamicTemperatureExponent), float.NaN, "from 0.1 to 100")]
    [TestCase(nameof(CompletionOptions.XtcProbability), 1.5f, "from 0 to 1")]
    [TestCase(nameof(CompletionOptions.XtcThreshold), -0.5f, "from 0 to 1")]
    [TestCase(nameof(CompletionOptions.TopNSigma), float.PositiveInfinity, "from 0 to 1000")]
    [TestCase(nameof(CompletionOptions.Mirostat), (MirostatMode)3, "from 0 to 2")]
    [TestCase(nameof(CompletionOptions.MirostatTau), 0f, "from 0.1 to 50")]
    [TestCase(nameof(CompletionOptions.MirostatEta), -0.1f, "from 0 to 1")]
    [TestCase(nameof(CompletionOptions.DryMultiplier), -1f, "from 0 to 100")]
    [TestCase(nameof(CompletionOptions.DryBase), 0.5f, "from 1 to 100")]
    [TestCase(nameof(CompletionOptions.DryAllowedLength), 0, "from 1 to 1048576")]
    [TestCase(nameof(CompletionOptions.DryPenaltyLastN), -1, "from 0 to 1048576")]
    [TestCase(nameof(CompletionOptions.AdaptivePTarget), -1f, "from 0 to 1")]
    [TestCase(nameof(CompletionOptions.AdaptivePDecay), 2f, "from 0 to 1")]
    public void Predict_names_an_option_out_of_its_range(string option, object value, string range)
    {
        var options = new CompletionOptions();
        typeof(CompletionOptions).GetProperty(option)!.SetValue(options, value);

        Assert.That(() => _model.Predict("x", options), Throws.ArgumentException.With.Message.Contains($"{option} is {value}").And.Message.Contains(range));
    }

    [Test]
    public void Predict_names_breakers_and_triggers_that_it_cannot_use() => Assert.Multiple(() =>
    {
        Assert.That(() => _model.Predict("x", new CompletionOptions { DrySequenceBreakers = [""] }), Throws.ArgumentException.With.Message.Contains("DrySequenceBreakers"));
        Assert.That(() => _model.Predict("x", new CompletionOptions { GrammarTriggers = new GrammarTriggers { Words = ["{"] } }), Throws.ArgumentException.With.Message.Contains("Grammar"));
    });

    [Test]
    public void Penalties_see_the_prompt_when_asked_to()
    {
        int last = _model.Vocab.Tokenize("Hello there")[^1];
        var options = new CompletionOptions { Temperature = 0, MaxTokens = 1, PresencePenalty = 100, LogitBias = new Dictionary<int, float> { [last] = 50 } };
        string eager = _model.Vocab.Detokenize([last]);

        Assert.That(_model.Predict("Hello there", options).Text, Is.EqualTo(eager));
        Assert.That(_model.Predict("Hello there", options with { PenalizePrompt = true }).Text, Is.Not.EqualTo(eager));
    }

    [Test]
    public void A_grammar_with_triggers_lets_free_text_through()
    {
        var options = new CompletionOptions
        {
            Temperature = 0,
            MaxTokens = 8,
            LogitBias = _neverEnds,
            Grammar = "root ::= \"@42\"",
            GrammarTriggers = new GrammarTriggers { Words = ["@42"] },
        };

        Assert.That(
            _model.Predict("Hello", options).Text,
            Is.EqualTo(_model.Predict("Hello", options with { Grammar = null, GrammarTriggers = null }).Text));
    }

    [Test]
    public void A_grammar_with_triggers_constrains_from_its_trigger_on()
    {
        var options = new CompletionOptions
        {
            Temperature = 0,
            MaxTokens = 30,
            LogitBias = new Dictionary<int, float> { [_model.Vocab.Tokenize("@")[^1]] = 1000 },
            Grammar = "root ::= \"@\" [0-9] [0-9]",
            GrammarTriggers = new GrammarTriggers { Words = ["@"] },
        };

        Assert.That(_model.Predict("Hello", options).Text, Does.Match("^@[0-9]{2}$"));
        Assert.That(_model.Predict("Hello", options with { Grammar = null, GrammarTriggers = null }).Text, Is.EqualTo(new string('@', 30)));
    }

    public static IEnumerable<TestCaseData> Recorded()
    {
        // What llama-completion 0.7.0 writes: -m stories260K.gguf -p "Once upon a time" --seed 7 --temp 1.2 --ignore-eos -t 1, and
        yield return new TestCaseData(
            new CompletionOptions
            {
                TopK = 40,
                TopP = 0.95f,
                MinP = 0.02f,
                RepeatPenalty = 1.1f,
                DryMultiplier = 0.8f,
                DryPenaltyLastN = 64,
                XtcProbability = 0.5f,
                XtcThreshold = 0.05f,
                TopNSigma = 2,
                TypicalP = 0.97f,
                DynamicTemperatureRange = 0.3f,
            },
            ", in a little ground, there lived a original sun named Mummy.")
            .SetArgDisplayNames("--top-k 40 --top-p 0.95 --min-p 0.02 --repeat-penalty 1.1 --repeat-last-n 64 --dry-multiplier 0.8 --xtc-probability 0.5 --xtc-threshold 0.05 --top-n-sigma 2 --typical 0.97 --dynatemp-range 0.3");
        yield return new TestCaseData(
            new CompletionOptions { Mirostat = MirostatMode.Version1, MirostatTau = 3 },
            ", there were two friends, Tim and Bobby and the trophy were friends.").SetArgDisplayNames("--mirostat 1 --mirostat-ent 3");
        yield return new TestCaseData(
            new CompletionOptions { Mirostat = MirostatMode.Version2, MirostatTau = 3 },
            ", there were two friends, a big animals. The acorn said,").SetArgDisplayNames("--mirostat 2 --mirostat-ent 3");
        yield return new TestCaseData(
            new CompletionOptions { TopK = 40, TopP = 0.95f, MinP = 0.02f, AdaptivePTarget = 0.3f, AdaptivePDecay = 0.9f },
            ", in a big big, a little bird named People called Marke,").SetArgDisplayNames("--top-k 40 --top-p 0.95 --min-p 0.02 --adaptive-target 0.3 --adaptive-decay 0.9");
    }

    [TestCaseSource(nameof(Recorded))]
    public void Predict_gives_the_text_of_llama_completion_under_the_same_seed_and_chain(CompletionOptions options, string text)
    {
        using LlamaModel model = TestModels.Load(TestData.Stories260K);
        CompletionOptions asTheTool = options with
        {
            Seed = 7,
            Temperature = 1.2f,
            MaxTokens = 40,
            PenalizePrompt = true,
            LogitBias = new Dictionary<int, float> { [model.Vocab.EndOfText!.Value] = float.NegativeInfinity },
        };

        Assert.That(model.Predict("Once upon a time", asTheTool).Text, Does.StartWith(text));
    }

    [Test]
    public void Facts_have_the_recommended_values_and_not_those_out_of_range()
    {
        GgufSamplingFacts facts = GgufFile.Read(Recommending).Facts.Sampling;
        GgufSamplingFacts strange = GgufFile.Read(TestModels.Write("strange-sampling.gguf", RandomModelOptions.Tiny with
        {
            Metadata = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["general.sampling.temp"] = "hot",
                ["general.sampling.top_p"] = 2f,
                ["general.sampling.top_k"] = -4,
                ["general.sampling.mirostat"] = 9,
                ["general.sampling.penalty_last_n"] = -1,
                ["general.sampling.mirostat_tau"] = float.NaN,
            },
        })).Facts.Sampling;

        Assert.Multiple(() =>
        {
            Assert.That((facts.Temperature, facts.TopP, facts.TopK, facts.MinP), Is.EqualTo((0.25f, 0.5f, 7, 0.125f)));
            Assert.That((facts.RepeatPenalty, facts.PenaltyWindow, facts.Sequence), Is.EqualTo((1.5f, 32, "top_k;temperature")));
            Assert.That((facts.XtcProbability, facts.XtcThreshold, facts.Mirostat), Is.EqualTo(((float?)null, (float?)null, (MirostatMode?)null)));
            Assert.That((strange.Temperature, strange.TopP, strange.TopK), Is.EqualTo(((float?)null, (float?)null, (int?)null)));
            Assert.That((strange.Mirostat, strange.PenaltyWindow, strange.MirostatTau), Is.EqualTo(((MirostatMode?)null, (int?)null, (float?)null)));
        });
    }

    [Test]
    public void Recommended_values_are_defaults_below_those_of_the_host()
    {
        using LlamaModel recommending = TestModels.Load(Recommending);
        using LlamaModel host = TestModels.Load(Recommending, options => options.Temperature = 0.9f);
        using LlamaModel deaf = TestModels.Load(Recommending, options => options.UseRecommendedSampling = false);
        using var unloaded = new LlamaModel(new LlamaModelOptions { ModelPath = Recommending });

        Assert.Multiple(() =>
        {
            Assert.That(Effective(unloaded), Is.EqualTo((0.7f, 0.9f)));
            Assert.That(Effective(recommending), Is.EqualTo((0.25f, 0.5f)));
            Assert.That(Effective(host), Is.EqualTo((0.9f, 0.5f)));
            Assert.That(Effective(deaf), Is.EqualTo((0.7f, 0.9f)));
        });

        static (float, float) Effective(LlamaModel model) => (model.GetModelInfo().Temperature, model.GetModelInfo().TopP);
    }

    [Test]
    public void Recommended_values_are_sampled_with()
    {
        using LlamaModel recommending = TestModels.Load(Recommending);
        using LlamaModel deaf = TestModels.Load(Recommending, options => options.UseRecommendedSampling = false);
        var explicitly = new CompletionOptions { Seed = 3, MaxTokens = 30, LogitBias = _neverEnds, Temperature = 0.25f, TopP = 0.5f, TopK = 7, MinP = 0.125f, RepeatPenalty = 1.5f, PenaltyWindow = 32 };
        var silently = new CompletionOptions { Seed = 3, MaxTokens = 30, LogitBias = _neverEnds };
        string recommended = recommending.Predict("Hello", silently).Text;

        Assert.That(recommended, Is.EqualTo(deaf.Predict("Hello", explicitly).Text));
        Assert.That(recommending.Predict("Hello", silently with { Temperature = 2, MinP = 0, TopP = 1, TopK = 0 }).Text, Is.Not.EqualTo(recommended), "the call wins");
    }

    [Test]
    public void Recommended_mirostat_gives_way_to_what_a_call_or_a_host_considers()
    {
        string path = TestModels.Write("mirostat.gguf", RandomModelOptions.Tiny with
        {
            Metadata = new Dictionary<string, object>(StringComparer.Ordinal) { ["general.sampling.mirostat"] = 2, ["general.sampling.mirostat_tau"] = 4f },
        });
        using LlamaModel recommending = TestModels.Load(path);
        using LlamaModel host = TestModels.Load(path, options => options.TopK = 1);
        var plain = new CompletionOptions { Seed = 3, MaxTokens = 20, LogitBias = _neverEnds };
        string greedy = recommending.Predict("Hello", plain with { Temperature = 0 }).Text;
        string recommended = recommending.Predict("Hello", plain).Text;

        Assert.That(recommended, Is.EqualTo(_model.Predict("Hello", plain with { Mirostat = MirostatMode.Version2, MirostatTau = 4 }).Text));
        Assert.That(recommended, Is.Not.EqualTo(greedy));
        Assert.That(recommending.Predict("Hello", plain with { TopK = 1 }).Text, Is.EqualTo(greedy));
        Assert.That(host.Predict("Hello", plain).Text, Is.EqualTo(greedy));
    }

    private static string Recommending => LazyRecommending.Value;

    private static readonly Lazy<string> LazyRecommending = new(() => TestModels.Write("recommending.gguf", RandomModelOptions.Tiny with
    {
        Metadata = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["general.sampling.sequence"] = "top_k;temperature",
            ["general.sampling.temp"] = 0.25f,
            ["general.sampling.top_p"] = 0.5f,
            ["general.sampling.top_k"] = 7,
            ["general.sampling.min_p"] = 0.125f,
            ["general.sampling.penalty_repeat"] = 1.5f,
            ["general.sampling.penalty_last_n"] = 32,
        },
    }));
}
