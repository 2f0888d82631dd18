using Minilm.Gguf;

namespace Minilm.Tests.Engine;

/// <summary>Full contexts, guesses and log probabilities in the decode loop.</summary>
public sealed class DepthTests
{
    private static readonly CompletionOptions Greedy = new() { Temperature = 0, MaxTokens = 200 };

    [Test]
    public void A_full_context_stops_throws_or_shifts_as_the_caller_chooses()
    {
        using LlamaModel model = TestModels.LoadTiny(options => options.ContextSize = 64);
        CompletionOptions endless = Greedy with { LogitBias = new Dictionary<int, float> { [model.Vocab.EndOfText!.Value] = float.NegativeInfinity } };

        Completion stopped = model.Predict("Hello there", endless);
        Assert.That(() => model.Predict("Hello there", endless with { Overflow = ContextOverflow.Error }), Throws.TypeOf<ContextOverflowException>().With.Message.Contains("64"));
        Completion shifted = model.Predict("Hello there", endless with { Overflow = ContextOverflow.Shift, KeptTokens = 4 });
        Completion after = model.Predict("Hello there", endless);

        Assert.Multiple(() =>
        {
            Assert.That(stopped.FinishReason, Is.EqualTo(FinishReason.Length));
            Assert.That(stopped.Usage.PromptTokens + stopped.Usage.CompletionTokens, Is.EqualTo(65), "the last token needs no room");
            Assert.That(shifted.Usage.CompletionTokens, Is.EqualTo(200));
            Assert.That(shifted.Text, Does.StartWith(stopped.Text));
            Assert.That(after.Text, Is.EqualTo(stopped.Text), "what was shifted is not used again");
        });
    }

    [Test]
    public void A_prompt_that_does_not_fit_is_an_error_or_loses_its_middle()
    {
        using LlamaModel model = TestModels.LoadTiny(options => options.ContextSize = 64);
        string prompt = string.Concat(Enumerable.Repeat("many words ", 30));

        Assert.Multiple(() =>
        {
            Assert.That(() => model.Predict(prompt, Greedy), Throws.TypeOf<ContextOverflowException>());
            Completion shifted = model.Predict(prompt, Greedy with { MaxTokens = 8, Overflow = ContextOverflow.Shift, KeptTokens = 8 });
            Assert.That(shifted.Usage.PromptTokens, Is.EqualTo(8 + ((64 - 8) / 2)));
            Assert.That(shifted.Usage.CompletionTokens, Is.Positive);
        });
    }

    [TestCase(1)]
    [TestCase(5)]
    [TestCase(32)]
    public void Guessing_changes_nothing_in_a_greedy_completion(int draftTokens)
    {
        using LlamaModel model = TestModels.LoadTiny();
        string repetitive = string.Concat(Enumerable.Repeat("one two three four five six. ", 6));
        Completion plain = model.Predict(repetitive, Greedy);
        Completion guessed = model.Predict(repetitive, Greedy with { DraftTokens = draftTokens });

        Assert.Multiple(() =>
        {
            Assert.That(guessed.Text, Is.EqualTo(plain.Text));
            Assert.That(guessed.Usage.CompletionTokens, Is.EqualTo(plain.Usage.CompletionTokens));
            Assert.That(guessed.Usage.DraftedTokens, Is.Positive);
            Assert.That(guessed.Usage.AcceptedTokens, Is.LessThanOrEqualTo(guessed.Usage.DraftedTokens));
            Assert.That(plain.Usage.DraftedTokens, Is.Zero);
        });
    }

    [Test]
    public void Guesses_are_right_where_a_real_model_repeats_its_prompt()
    {
        using LlamaModel model = TestModels.Load(TestData.Stories260K);
        string prompt = "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. Once upon a time, there was a little girl named Lily. She loved to";
        Completion plain = model.Predict(prompt, Greedy with { MaxTokens = 60 });
        Completion guessed = model.Predict(prompt, Greedy with { MaxTokens = 60, DraftTokens = 8 });

        Assert.Multiple(() =>
        {
            Assert.That(guessed.Text, Is.EqualTo(plain.Text));
            Assert.That(guessed.Usage.AcceptedTokens, Is.GreaterThan(2));
        });
    }

    [Test]
    public void A_draft_model_changes_nothing_but_the_number_of_decodes()
    {
        using LlamaModel model = TestModels.LoadTiny();
        using LlamaModel twin = TestModels.LoadTiny(); // guesses as well as can be
        using LlamaModel stranger = TestModels.Load(TestModels.Write("stranger.gguf", RandomModelOptions.Tiny with { Seed = 5, LayerCount = 1 }));
        model.AddDraftModel("twin", twin);
        model.AddDraftModel("stranger", stranger);
        CompletionOptions options = Greedy with { MaxTokens = 60 };
        Completion plain = model.Predict("Tell me of the sea.", options);
        Completion right = model.Predict("Tell me of the sea.", options with { DraftModel = "twin" });
        Completion wrong = model.Predict("Tell me of the sea.", options with { DraftModel = "stranger", DraftTokens = 4 });

        Assert.Multiple(() =>
        {
            Assert.That(right.Text, Is.EqualTo(plain.Text));
            Assert.That(right.Usage.AcceptedTokens, Is.GreaterThan(40).And.GreaterThan(right.Usage.DraftedTokens * 3 / 4));
            Assert.That(wrong.Text, Is.EqualTo(plain.Text));
            Assert.That(wrong.Usage.DraftedTokens, Is.Positive);
        });
    }

    [Test]
    public void A_draft_model_must_be_another_one_of_the_same_vocabulary_and_loaded()
    {
        using LlamaModel model = TestModels.LoadTiny();
        using var unloaded = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny });
        using LlamaModel larger = TestModels.Load(TestModels.Write("larger.gguf", RandomModelOptions.Tiny with { VocabularySize = 420 }));
        using LlamaModel other = TestModels.Load(TestModels.Write("renamed.gguf", RandomModelOptions.Tiny with { ControlTokens = ["<|x|>"] }));
        Assert.That(() => model.Predict("x", Greedy with { DraftModel = "unknown" }), Throws.ArgumentException.With.Message.Contains("'unknown'").And.Message.Contains("AddDraftModel"));
        model.AddDraftModel("itself", model);
        model.AddDraftModel("larger", larger);
        model.AddDraftModel("other", other);
        model.AddDraftModel("unloaded", unloaded);

        Assert.Multiple(() =>
        {
            Assert.That(() => model.Predict("x", Greedy with { DraftModel = "itself" }), Throws.ArgumentException.With.Message.Contains("is the model that is called"));
            Assert.That(() => model.Predict("x", Greedy with { DraftModel = "larger" }), Throws.ArgumentException.With.Message.Contains("420").And.Message.Contains("416"));
            Assert.That(() => model.Predict("x", Greedy with { DraftModel = "other" }), Throws.ArgumentException.With.Message.Contains("token 415"));
            Assert.That(() => model.Predict("x", Greedy with { DraftModel = "unloaded" }), Throws.InvalidOperationException.With.Message.Contains("DraftModel"));
        });
    }

    [Test]
    public async Task Models_that_guess_for_each_other_do_not_wait_for_each_other()
    {
        using LlamaModel first = TestModels.LoadTiny();
        using LlamaModel second = TestModels.LoadTiny();
        first.AddDraftModel("other", second);
        second.AddDraftModel("other", first);
        Task<Completion>[] calls = [.. Enumerable.Range(0, 16).Select(i => i % 2 == 0
            ? first.PredictAsync("one", Greedy with { MaxTokens = 30, DraftModel = "other" })
            : second.PredictAsync("one", Greedy with { MaxTokens = 30, DraftModel = "other" }))];
        Completion[] completions = await Task.WhenAll(calls).Within("models that guess for each other");

        Assert.That(completions.Select(completion => completion.Text).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void A_call_that_is_interrupted_after_a_wrong_guess_leaves_the_cache_whole()
    {
        using LlamaModel model = TestModels.LoadTiny();
        using LlamaModel stranger = TestModels.Load(TestModels.Write("stranger.gguf", RandomModelOptions.Tiny with { Seed = 5, LayerCount = 1 }));
        model.AddDraftModel("stranger", stranger);
        string expected = model.Predict("x", Greedy with { MaxTokens = 20 }).Text;
        for (int pieces = 1; pieces < 8; pieces++)
        {
            using var cancellation = new CancellationTokenSource();
            int seen = 0;
            model.Predict("x", Greedy with { DraftModel = "stranger", DraftTokens = 32, OnInterruption = InterruptionBehavior.ReturnPartial }, _ => Cancel(), cancellation.Token);

            void Cancel()
            {
                if (++seen == pieces)
                {
                    cancellation.Cancel();
                }
            }
            Assert.That(model.Predict("x", Greedy with { MaxTokens = 20 }).Text, Is.EqualTo(expected));
        }
    }

    [TestCase("stop string")]
    [TestCase("max tokens")]
    [TestCase("seed")]
    public void Guessing_keeps_stop_strings_limits_and_seeds(string what)
    {
        using LlamaModel model = TestModels.LoadTiny();
        string prompt = string.Concat(Enumerable.Repeat("la le li lo lu. ", 8));
        string plainText = model.Predict(prompt, Greedy with { MaxTokens = 40 }).Text;
        CompletionOptions options = what switch
        {
            "stop string" => Greedy with { StopStrings = [plainText[10..13]] },
            "max tokens" => Greedy with { MaxTokens = 7 },
            _ => Greedy with { MaxTokens = 40, Temperature = 1.2f, Seed = 11 },
        };
        Completion plain = model.Predict(prompt, options);
        Completion guessed = model.Predict(prompt, options with { DraftTokens = 6 });

        Assert.Multiple(() =>
        {
            Assert.That(guessed.Text, Is.EqualTo(plain.Text));
            Assert.That(guessed.FinishReason, Is.EqualTo(plain.FinishReason));
            Assert.That(guessed.Usage.CompletionTokens, Is.EqualTo(plain.Usage.CompletionTokens));
        });
    }

    [Test]
    public void LogProbabilities_are_those_of_the_model_and_sum_to_one()
    {
        using LlamaModel model = TestModels.LoadTiny();
        Completion completion = model.Predict("Hello", Greedy with { MaxTokens = 5, LogProbabilities = 1000 });
        using LlamaContext context = model.CreateContext();
        context.Decode(model.Vocab.Tokenize("Hello", addSpecial: true), position: 0);
        double[] logits = [.. context.GetLogits().ToArray().Select(logit => (double)logit)];
        double norm = Math.Log(logits.Sum(Math.Exp));
        TokenLogProbability first = completion.LogProbabilities![0];

        Assert.Multiple(() =>
        {
            Assert.That(completion.LogProbabilities, Has.Count.EqualTo(5));
            Assert.That(string.Concat(completion.LogProbabilities!.Select(token => token.Text)), Is.EqualTo(completion.Text));
            Assert.That(first.LogProbability, Is.EqualTo(logits[first.Token] - norm).Within(1e-3));
            Assert.That(first.Top, Has.Count.EqualTo(model.Vocab.Count), "all of them, as there are fewer than 1000");
            Assert.That(first.Top.Sum(token => Math.Exp(token.LogProbability)), Is.EqualTo(1).Within(1e-3));
            Assert.That(first.Top[0].Token, Is.EqualTo(first.Token), "greedy takes the likeliest");
            Assert.That(first.Top.Select(token => token.LogProbability), Is.Ordered.Descending);
        });
    }

    [Test]
    public void LogProbabilities_are_computed_only_when_asked_for()
    {
        using LlamaModel model = TestModels.LoadTiny();

        Assert.Multiple(() =>
        {
            Assert.That(model.Predict("Hello", Greedy with { MaxTokens = 3 }).LogProbabilities, Is.Null);
            Assert.That(model.Predict("Hello", Greedy with { MaxTokens = 3, LogProbabilities = 0 }).LogProbabilities!.Select(token => token.Top.Count), Is.All.Zero);
        });
    }

    [Test]
    public void Usage_has_the_times_of_each_part()
    {
        using LlamaModel model = TestModels.LoadTiny();
        CompletionUsage usage = model.Predict("Hello there, how are you?", Greedy with { MaxTokens = 20 }).Usage;

        Assert.Multiple(() =>
        {
            Assert.That(usage.PromptTime, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(usage.TimeToFirstToken!.Value));
            Assert.That(usage.SamplingTime, Is.GreaterThan(TimeSpan.Zero).And.LessThan(usage.TotalTime));
            Assert.That(usage.TimePerToken, Is.GreaterThan(TimeSpan.Zero));
            Assert.That(usage.TimePerToken * (usage.CompletionTokens - 1) + usage.TimeToFirstToken.Value, Is.EqualTo(usage.TotalTime).Within(TimeSpan.FromMilliseconds(1)));
        });
    }

    [Test]
    public void A_chat_template_can_be_chosen_by_name_and_an_unknown_one_names_the_choices()
    {
        using LlamaModel model = TestModels.LoadTiny(options => options.ChatTemplate = "chatml");

        Assert.Multiple(() =>
        {
            Assert.That(model.GetModelInfo().HasChatTemplate, Is.True);
            Assert.That(model.PredictChat([new(ChatMessage.User, "hi")], Greedy with { MaxTokens = 4 }).Usage.CompletionTokens, Is.Positive);
            Assert.That(() => TestModels.LoadTiny(options => options.ChatTemplate = "chatml-2099"), Throws.ArgumentException.With.Message.Contains("'chatml-2099'").And.Message.Contains("llama3"));
        });
    }
}
