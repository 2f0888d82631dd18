namespace Minilm.Tests.Engine;

/// <summary>The decode loop seen from outside, through a real model.</summary>
public sealed class CompletionTests
{
    private LlamaModel _model = null!;
    private Dictionary<int, float> _neverEnds = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _model = TestModels.LoadTiny(options => options.MicroBatchSize = 32);
        _neverEnds = new Dictionary<int, float> { [_model.Vocab.EndOfText!.Value] = float.NegativeInfinity };
    }

    [OneTimeTearDown]
    public void Free() => _model.Dispose();

    [Test]
    public void Predict_ends_with_length_at_the_token_limit_and_counts()
    {
        Completion completion = _model.Predict("Hello", new CompletionOptions { Temperature = 0, MaxTokens = 7, LogitBias = _neverEnds });

        Assert.Multiple(() =>
        {
            Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Length));
            Assert.That(completion.Usage.CompletionTokens, Is.EqualTo(7));
            Assert.That(completion.Usage.PromptTokens, Is.EqualTo(_model.Vocab.Tokenize("Hello", addSpecial: true).Length));
            Assert.That(completion.Usage.TimeToFirstToken, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(completion.Usage.TotalTime));
            Assert.That(completion.Usage.TokensPerSecond, Is.Positive);
        });
    }

    [Test]
    public void Predict_ends_with_stop_where_the_model_ends()
    {
        Completion completion = _model.Predict("Hello", new CompletionOptions { LogitBias = new Dictionary<int, float> { [_model.Vocab.EndOfText!.Value] = 1000 } });

        Assert.That(completion, Has.Property(nameof(Completion.FinishReason)).EqualTo(FinishReason.Stop));
        Assert.That(completion.Text, Is.Empty);
        Assert.That(completion.Usage.CompletionTokens, Is.Zero);
        Assert.That(completion.Usage.TimeToFirstToken, Is.Null, "there was none");
    }

    [Test]
    public void Predict_ends_with_length_at_the_end_of_the_context()
    {
        Completion completion = _model.Predict("Hello", new CompletionOptions { Temperature = 0, MaxTokens = 100_000, LogitBias = _neverEnds });

        Assert.Multiple(() =>
        {
            Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Length));
            Assert.That(completion.Usage.PromptTokens + completion.Usage.CompletionTokens, Is.EqualTo(_model.ContextSize + 1), "the last token needs no room");
        });
    }

    [Test]
    public void Predict_fills_the_context_with_a_prompt_but_not_more()
    {
        string fits = new('7', _model.ContextSize - _model.Vocab.Tokenize("", addSpecial: true).Length - 1);
        while (_model.Vocab.Tokenize(fits + "7", addSpecial: true).Length <= _model.ContextSize)
        {
            fits += "7";
        }
        Completion full = _model.Predict(fits, new CompletionOptions { Temperature = 0, MaxTokens = 5, LogitBias = _neverEnds });

        var error = Assert.Throws<ContextOverflowException>(() => _model.Predict(fits + "7777"))!;

        Assert.Multiple(() =>
        {
            Assert.That(full.Usage.PromptTokens, Is.EqualTo(_model.ContextSize));
            Assert.That(full.Usage.CompletionTokens, Is.EqualTo(1));
            Assert.That(error.PromptTokens, Is.GreaterThan(_model.ContextSize));
            Assert.That(error.ContextSize, Is.EqualTo(_model.ContextSize));
            Assert.That(_model.Predict("usable", new CompletionOptions { MaxTokens = 2 }), Is.Not.Null);
        });
    }

    [Test]
    public void Predict_refuses_a_prompt_of_many_megabytes_by_its_size()
    {
        var error = Assert.Throws<ContextOverflowException>(() => _model.Predict(new string('x', 50_000_000)))!;

        Assert.That(error.Message, Does.Contain("at least"));
    }

    [Test]
    public void Predict_requires_a_prompt() =>
        Assert.That(() => _model.Predict(""), Throws.ArgumentException);

    [TestCase(nameof(CompletionOptions.MaxTokens), 0)]
    [TestCase(nameof(CompletionOptions.Temperature), -1f)]
    [TestCase(nameof(CompletionOptions.TopP), 2f)]
    [TestCase(nameof(CompletionOptions.RepeatPenalty), 0f)]
    public void Predict_names_an_option_out_of_its_range(string option, object value)
    {
        var options = new CompletionOptions();
        typeof(CompletionOptions).GetProperty(option)!.SetValue(options, value);

        Assert.That(() => _model.Predict("x", options), Throws.ArgumentException.With.Message.Contains($"{option} is {value}"));
    }

    [Test]
    public void Predict_refuses_an_empty_stop_string_and_a_timeout_that_is_none() => Assert.Multiple(() =>
    {
        Assert.That(() => _model.Predict("x", new CompletionOptions { StopStrings = [""] }), Throws.ArgumentException.With.Message.Contains("StopStrings"));
        Assert.That(() => _model.PredictWithTimeout("x", TimeSpan.Zero), Throws.ArgumentException.With.Message.Contains("Timeout"));
        Assert.That(() => _model.Predict("x", new CompletionOptions { Grammar = "no grammar" }), Throws.ArgumentException);
    });

    [Test]
    public void Predict_is_the_same_for_the_same_seed()
    {
        string first = Sampled(seed: 11);

        Assert.That(Sampled(seed: 11), Is.EqualTo(first));
        Assert.That(Sampled(seed: 12), Is.Not.EqualTo(first));

        string Sampled(uint seed) => _model.Predict("Hello", new CompletionOptions { Seed = seed, Temperature = 1.5f, TopK = 0, TypicalP = 0.99f, MinP = 0.0001f, RepeatPenalty = 1.1f, MaxTokens = 30 }).Text;
    }

    [Test]
    public void Predict_passes_whole_characters_on_and_ends_with_the_same_text()
    {
        foreach (string word in new[] { "smile 😀😁", "漢字かな", "naïve" })
        {
            string quoted = string.Concat(word.Select(c => char.IsAscii(c) ? $"{c}" : $"\\u{(int)c:X4}"));
            string grammar = $"root ::= \"{(word.Any(char.IsSurrogate) ? "smile \\U0001F600\\U0001F601" : quoted)}\"";
            var chunks = new List<string>();

            Completion completion = _model.Predict("Say it", new CompletionOptions { Grammar = grammar, MaxTokens = 60 }, text => chunks.Add(text.ToString()));

            Assert.Multiple(() =>
            {
                Assert.That(completion.Text, Is.EqualTo(word));
                Assert.That(string.Concat(chunks), Is.EqualTo(word));
                Assert.That(chunks, Has.All.Matches<string>(chunk => !char.IsHighSurrogate(chunk[^1])));
                Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Stop));
            });
        }
    }

    [Test]
    public void Stop_string_split_over_tokens_ends_the_text_before_it()
    {
        var options = new CompletionOptions { Grammar = "root ::= \"one two three four\"", StopStrings = ["zzz", "o thr"], MaxTokens = 60 };
        var chunks = new List<string>();

        Completion completion = _model.Predict("Count", options, text => chunks.Add(text.ToString()));

        Assert.Multiple(() =>
        {
            Assert.That(completion.Text, Is.EqualTo("one tw"));
            Assert.That(string.Concat(chunks), Is.EqualTo("one tw"), "no part of it is ever passed on");
            Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Stop));
        });
    }

    [Test]
    public void Beginning_of_a_stop_string_is_text_when_the_model_ends_there()
    {
        Completion completion = _model.Predict("Count", new CompletionOptions { Grammar = "root ::= \"one tw\"", StopStrings = ["two"], MaxTokens = 60 });

        Assert.That(completion.Text, Is.EqualTo("one tw"));
    }

    [Test]
    public async Task PredictStreamingAsync_yields_the_text_and_ends_with_the_reason()
    {
        var options = new CompletionOptions { Temperature = 0, MaxTokens = 12, LogitBias = _neverEnds };
        var chunks = new List<CompletionChunk>();
        await foreach (CompletionChunk chunk in _model.PredictStreamingAsync("Hello", options))
        {
            chunks.Add(chunk);
        }

        Assert.Multiple(() =>
        {
            Assert.That(string.Concat(chunks.Select(chunk => chunk.Text)), Is.EqualTo(_model.Predict("Hello", options).Text));
            Assert.That(chunks.SkipLast(1), Has.All.Property(nameof(CompletionChunk.FinishReason)).Null);
            Assert.That(chunks[^1].FinishReason, Is.EqualTo(FinishReason.Length));
            Assert.That(chunks[^1].Usage!.CompletionTokens, Is.EqualTo(12));
        });
    }

    [Test]
    public async Task PredictStreamingAsync_stops_the_work_when_the_loop_is_left()
    {
        var options = new CompletionOptions { MaxTokens = 100_000, LogitBias = _neverEnds };
        await foreach (CompletionChunk _ in _model.PredictStreamingAsync("Hello", options))
        {
            break;
        }

        Completion next = await _model.PredictAsync("Hello", new CompletionOptions { MaxTokens = 2 }).Within("the call after an abandoned stream");
        Assert.That(next.Usage.CompletionTokens, Is.LessThanOrEqualTo(2));
    }

    [Test]
    public void PredictStreamingAsync_throws_what_the_call_throws() =>
        Assert.That(async () => { await foreach (CompletionChunk _ in _model.PredictStreamingAsync("")) { } }, Throws.ArgumentException);

    [Test]
    public void Text_callback_that_throws_ends_the_call_and_leaves_the_model_usable()
    {
        Assert.That(() => _model.Predict("Hello", new CompletionOptions { LogitBias = _neverEnds }, _ => throw new FormatException("mine")), Throws.TypeOf<FormatException>());

        Assert.That(_model.Predict("Hello", new CompletionOptions { MaxTokens = 3 }).Text, Is.Not.Null);
    }

    [Test]
    public async Task Text_callback_that_predicts_on_the_same_model_is_an_error_and_does_not_hang()
    {
        Task<Completion> call = Task.Run(() => _model.Predict("Hello", new CompletionOptions { LogitBias = _neverEnds }, _ => _model.Predict("Hello")));

        Assert.That(async () => await call.Within("a call that waits for itself"), Throws.InvalidOperationException.With.Message.Contains("callback"));
        Assert.That((await _model.PredictAsync("Hello", new CompletionOptions { MaxTokens = 2 }).Within("the next call")).Text, Is.Not.Null);
    }

    [Test]
    public void Tokens_after_the_first_allocate_nothing()
    {
        var wholeCharacters = new Dictionary<int, float>(_neverEnds); // the decoder allocates for its first byte that is none
        for (int token = 3; token < 3 + 256; token++)
        {
            wholeCharacters[token] = float.NegativeInfinity;
        }
        var options = new CompletionOptions { MaxTokens = 400, StopStrings = ["never comes"], LogitBias = wholeCharacters, Temperature = 1, RepeatPenalty = 1.1f, Seed = 17 };
        _model.Predict("Hello", options, _ => { }); // the first run grows the pools
        long first = 0;
        long last = 0;
        int pieces = 0;

        _model.Predict("Hello", options, _ =>
        {
            last = GC.GetAllocatedBytesForCurrentThread();
            first = pieces++ == 0 ? last : first;
        });

        Assert.That(pieces, Is.GreaterThan(100));
        Assert.That(last - first, Is.Zero, "managed bytes between the first and the last piece of text");
    }

    [Test]
    public void Cancelled_token_gives_a_cancelled_result_or_an_exception_by_choice()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Completion completion = _model.Predict("Hello", new CompletionOptions { OnInterruption = InterruptionBehavior.ReturnPartial }, cancellationToken: cancelled.Token);

        Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Cancelled));
        Assert.That(
            () => _model.Predict("Hello", options: null, cancellationToken: cancelled.Token),
            Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(cancelled.Token));
    }

    [Test]
    public void Cancellation_in_the_middle_keeps_the_text_so_far()
    {
        using var cancel = new CancellationTokenSource();
        string seen = "";
        Completion completion = _model.Predict(
            "Hello",
            new CompletionOptions { MaxTokens = 100_000, LogitBias = _neverEnds, OnInterruption = InterruptionBehavior.ReturnPartial },
            text =>
            {
                seen += text.ToString();
                if (seen.Length > 20)
                {
                    cancel.Cancel();
                }
            },
            cancel.Token);

        Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Cancelled));
        Assert.That(completion.Text, Is.EqualTo(seen));
    }
}
