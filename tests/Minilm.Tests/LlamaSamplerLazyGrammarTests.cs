namespace Minilm.Tests;

public sealed class LlamaSamplerLazyGrammarTests
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

    [TestCase("word")]
    [TestCase("pattern")]
    [TestCase("token")]
    public void AddLazyGrammar_lets_all_pass_until_its_trigger_and_then_constrains(string kind)
    {
        int at = _model.Vocab.Tokenize("@")[^1];
        GrammarTriggers triggers = kind switch
        {
            "word" => new GrammarTriggers { Words = ["@"] },
            "pattern" => new GrammarTriggers { Patterns = ["\\w{0,8}(@)"] },
            _ => new GrammarTriggers { Tokens = [at] },
        };
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddLazyGrammar("root ::= \"@42\"", triggers).AddGreedy();
        using LlamaSampler free = new LlamaSampler(_model.Vocab).AddGreedy();

        Assert.That(sampler.Sample(_context), Is.EqualTo(free.Sample(_context)), "before the trigger");
        sampler.Accept(at);
        string after = "";
        for (int i = 0; i < 10 && sampler.Sample(_context) is { } token && !_model.Vocab.IsEndOfGeneration(token); i++)
        {
            after += _model.Vocab.Detokenize([token]);
        }

        Assert.That(after, Is.EqualTo("42"));
    }

    [Test]
    public void AddLazyGrammar_waits_again_after_Reset()
    {
        int at = _model.Vocab.Tokenize("@")[^1];
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddLazyGrammar("root ::= \"@42\"", new GrammarTriggers { Words = ["@"] }).AddGreedy();
        int free = sampler.Sample(_context)!.Value;
        sampler.Accept(at);
        int constrained = sampler.Sample(_context)!.Value;
        sampler.Reset();

        Assert.That(constrained, Is.Not.EqualTo(free));
        Assert.That(sampler.Sample(_context), Is.EqualTo(free));
    }

    [Test]
    public void A_grammar_that_does_not_allow_its_own_trigger_is_an_error_and_not_the_end_of_the_process()
    {
        int at = _model.Vocab.Tokenize("@")[^1];
        var triggers = new GrammarTriggers { Words = ["@"] };
        using LlamaSampler accepting = new LlamaSampler(_model.Vocab).AddLazyGrammar("root ::= \"no at\"", triggers).AddGreedy();
        using LlamaSampler sampling = new LlamaSampler(_model.Vocab)
            .AddLogitBias(new Dictionary<int, float> { [at] = 1000 }).AddLazyGrammar("root ::= \"no at\"", triggers).AddGreedy();

        Assert.That(() => accepting.Accept(at), Throws.TypeOf<InferenceException>().With.Message.Contains("lazy grammar"));
        Assert.That(() => sampling.Sample(_context), Throws.TypeOf<InferenceException>().With.Message.Contains("lazy grammar"));
    }

    [TestCase("a*", "without a bound")]
    [TestCase("(a", "not closed")]
    [TestCase("a)", "not open")]
    [TestCase("[z-a]", "class")]
    [TestCase("[]", "class")]
    [TestCase("[[:foo:]]", "class")]
    [TestCase("[a", "class")]
    [TestCase("\\q", "escape")]
    [TestCase("\\", "escape")]
    [TestCase("\\1", "escape")]
    [TestCase("(?=a)", "group")]
    [TestCase("a{1,9999}", "repetition")]
    [TestCase("a{5,1}", "repetition")]
    [TestCase("(ab){3}", "no meaning")]
    [TestCase("é?", "no meaning")]
    [TestCase("a$b", "no meaning")]
    [TestCase("a{1,9}b{1,9}c{1,9}d{1,9}e{1,9}", "5000 ways")]
    [TestCase("a?a?a?a?a?a?a?a?a?a?a?a?a?", "5000 ways")]
    [TestCase("(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)", "5000 ways")]
    [TestCase("((((((((( a )))))))))", "8 deep")]
    [TestCase("", "1 to 256")]
    [TestCase("a\0b", "zero")]
    public void AddLazyGrammar_says_what_is_wrong_with_a_pattern(string pattern, string problem)
    {
        using var sampler = new LlamaSampler(_model.Vocab);

        Assert.That(
            () => sampler.AddLazyGrammar("root ::= \"a\"", new GrammarTriggers { Patterns = [pattern] }),
            Throws.ArgumentException.With.Message.Contains(problem));
    }

    [TestCase("<tool_call>")]
    [TestCase("^x|y")]
    [TestCase("[^a-z0-9_-]\\s{0,64}(\\{)")]
    [TestCase("(?:a|b)?(c\\d{2})")]
    [TestCase("日本")]
    [TestCase("\\[\\]\\{\\}\\(\\)\\.\\*\\+\\?\\^\\$\\|\\\\\\/\\-\\\"\\'\\<\\>\\=\\:\\;\\,\\!\\@\\#\\%\\&\\~\\`\\ \\n\\r\\t")]
    public void AddLazyGrammar_takes_patterns_of_its_subset(string pattern)
    {
        using var sampler = new LlamaSampler(_model.Vocab);
        sampler.AddLazyGrammar("root ::= \"a\"", new GrammarTriggers { Patterns = [pattern] });

        Assert.That(sampler.Names, Is.EqualTo(new[] { "grammar" }));
    }

    [Test]
    public void AddLazyGrammar_requires_a_trigger_and_a_grammar()
    {
        using var sampler = new LlamaSampler(_model.Vocab);
        var word = new GrammarTriggers { Words = ["{"] };
        Assert.Multiple(() =>
        {
            Assert.That(() => sampler.AddLazyGrammar("root ::= \"a\"", new GrammarTriggers()), Throws.ArgumentException.With.Message.Contains("0 triggers"));
            Assert.That(() => sampler.AddLazyGrammar("root ::= \"a\"", new GrammarTriggers { Words = [""] }), Throws.ArgumentException);
            Assert.That(() => sampler.AddLazyGrammar("root ::= \"a\"", new GrammarTriggers { Tokens = [416] }), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => sampler.AddLazyGrammar("root ::= (", word), Throws.ArgumentException.With.Message.Contains("parse"));
            Assert.That(sampler.Count, Is.Zero);
        });
    }

    [Test]
    public void A_long_free_text_in_front_of_a_trigger_does_no_harm()
    {
        int x = _model.Vocab.Tokenize("x")[^1];
        int at = _model.Vocab.Tokenize("@")[^1];
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab)
            .AddLazyGrammar("root ::= \"@42\"", new GrammarTriggers { Patterns = ["x{0,64}y{0,64}(@)"] }).AddGreedy();
        var thread = new Thread(
            () =>
            {
                for (int i = 0; i < 300; i++)
                {
                    sampler.Accept(x);
                }
                sampler.Accept(at);
            },
            maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();

        Assert.That(_model.Vocab.Detokenize([sampler.Sample(_context)!.Value]), Does.StartWith("4"));
    }
}
