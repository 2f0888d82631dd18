using Microsoft.Extensions.Options;
using Minilm.Abstractions;
using Minilm.Engine;
using Minilm.Gguf;
using Minilm.Interop;
using Minilm.Loading;

namespace Minilm.Tests;

public sealed class LlamaModelTests
{
    [Test]
    public void Constructor_requires_a_path()
    {
        var error = Assert.Throws<ArgumentException>(() => new LlamaModel(new LlamaModelOptions()))!;

        Assert.That(error.Message, Does.Contain("model path is required"));
    }

    [Test]
    public void Initialize_names_a_missing_file_which_the_constructor_does_not_look_for()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = "/nowhere/model.gguf" });

        var error = Assert.Throws<ModelLoadException>(() => model.Initialize())!;

        Assert.That(error.Message, Is.EqualTo("Model file '/nowhere/model.gguf' does not exist."));
        Assert.That(error.Reason, Is.EqualTo(ModelLoadReason.FileNotFound));
    }

    [TestCase(nameof(LlamaModelOptions.Temperature), -0.5f, "from 0 to 100")]
    [TestCase(nameof(LlamaModelOptions.Temperature), float.NaN, "from 0 to 100")]
    [TestCase(nameof(LlamaModelOptions.TopP), 1.5f, "from 0 to 1")]
    [TestCase(nameof(LlamaModelOptions.TopK), -1, "from 0 to 2147483647")]
    [TestCase(nameof(LlamaModelOptions.Threads), 1000, "to 512")]
    [TestCase(nameof(LlamaModelOptions.GpuLayers), -1, "from 0")]
    [TestCase(nameof(LlamaModelOptions.Threads), 0, "from 1")]
    [TestCase(nameof(LlamaModelOptions.ContextSize), -1, "from 1")]
    public void Constructor_names_the_option_the_value_and_the_range(string option, object value, string range)
    {
        var options = new LlamaModelOptions { ModelPath = TestModels.Tiny };
        typeof(LlamaModelOptions).GetProperty(option)!.SetValue(options, value);

        var error = Assert.Throws<ArgumentException>(() => new LlamaModel(options))!;

        Assert.That(error.Message, Does.Contain(option).And.Contain(FormattableString.Invariant($"{value}")).And.Contain(range));
    }

    [Test]
    public void Constructor_accepts_options_from_configuration()
    {
        using var model = new LlamaModel(Options.Create(new LlamaModelOptions { ModelPath = TestModels.Tiny, Temperature = 0.25f }));

        Assert.That(model.GetModelInfo().Temperature, Is.EqualTo(0.25f));
    }

    [Test]
    public void Constructor_reads_its_options_once()
    {
        var options = new LlamaModelOptions { ModelPath = TestModels.Tiny, TopP = 0.5f };
        using var model = new LlamaModel(options);

        options.TopP = 0.1f;

        Assert.That(model.GetModelInfo().TopP, Is.EqualTo(0.5f));
    }

    [Test]
    public void GetModelInfo_describes_what_is_configured_before_and_what_was_found_after_loading()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny });
        ModelInfo before = model.GetModelInfo();
        model.Initialize();
        ModelInfo after = model.GetModelInfo();

        Assert.Multiple(() =>
        {
            Assert.That(before, Is.EqualTo(new ModelInfo
            {
                Path = TestModels.Tiny,
                ModelType = "gguf",
                Backend = "llama.cpp",
                ContextSize = 2048,
                Threads = Machine.PhysicalCores,
                Temperature = 0.7f,
                TopP = 0.9f,
            }));
            Assert.That(after.IsInitialized);
            Assert.That(after.ModelType, Is.EqualTo("llama"));
            Assert.That(after.ContextSize, Is.EqualTo(512), "the default is limited to what the model was trained for");
            Assert.That(after.ContextSize, Is.EqualTo(model.ContextSize));
            Assert.That(after.ParameterCount, Is.GreaterThan(10_000));
            Assert.That(after.Description, Does.Contain("llama"));
        });
    }

    [Test]
    public void Predict_requires_an_initialized_model()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny });
        var before = Assert.Throws<InvalidOperationException>(() => model.Predict("x"))!;
        model.Initialize();
        model.Free();
        var after = Assert.Throws<InvalidOperationException>(() => model.Predict("x"))!;

        Assert.Multiple(() =>
        {
            Assert.That(before.Message, Does.StartWith("model not initialized"));
            Assert.That(after.Message, Does.StartWith("model not initialized"));
            Assert.That(() => model.CountTokens("x"), Throws.InvalidOperationException);
            Assert.That(() => model.Vocab, Throws.InvalidOperationException);
            Assert.That(() => model.CreateContext(), Throws.InvalidOperationException);
        });
    }

    [Test]
    public void Initialize_works_again_after_Free_and_does_nothing_when_loaded()
    {
        using LlamaModel model = TestModels.LoadTiny();
        string first = Greedy(model);
        model.Initialize();
        model.Free();
        model.Free();
        model.Initialize();

        Assert.That(Greedy(model), Is.EqualTo(first));
    }

    [Test]
    public void Initialize_after_Dispose_is_an_error()
    {
        LlamaModel model = TestModels.LoadTiny();
        model.Dispose();
        model.Dispose();

        Assert.That(() => model.Initialize(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Initialize_reports_progress_up_to_the_end()
    {
        var reports = new Reports();
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny });
        model.Initialize(reports);

        Assert.That(reports.Values, Is.Ordered.And.Not.Empty.And.All.InRange(0, 1));
        Assert.That(reports.Values[^1], Is.EqualTo(1));
    }

    [Test]
    public void Initialize_stops_when_its_only_caller_cancels_and_can_be_repeated()
    {
        using var cancel = new CancellationTokenSource();
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny });

        Assert.That(() => model.Initialize(new Callback(_ => cancel.Cancel()), cancel.Token), Throws.InstanceOf<OperationCanceledException>());

        model.Initialize();
        Assert.That(Greedy(model), Is.Not.Null);
    }

    [Test]
    public void Initialize_names_the_failure_of_a_progress_listener()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny });

        var error = Assert.Throws<ModelLoadException>(() => model.Initialize(new Callback(_ => throw new InvalidOperationException("listener broke"))))!;

        Assert.That(error.Message, Does.Contain("listener broke"));
    }

    [Test]
    public async Task Initialize_from_16_threads_at_once_loads_once()
    {
        var log = new RecordingLogger<LlamaModel>();
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny }, log);
        using var barrier = new Barrier(16);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                model.Initialize();
            },
            TaskCreationOptions.LongRunning))).Within("16 calls of Initialize");

        Assert.That(model.GetModelInfo().IsInitialized);
        Assert.That(log.Lines, Has.Exactly(1).Contains("Loaded model"));
    }

    [Test]
    public async Task Initialize_lets_a_progress_listener_call_the_model_while_another_caller_joins()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny });
        using var reporting = new ManualResetEventSlim();
        using var joined = new ManualResetEventSlim();
        Task first = Task.Run(() => model.Initialize(new Callback(_ =>
        {
            reporting.Set();
            joined.Wait();
            _ = model.ContextSize;
        })));
        reporting.Wait();
        Task second = Task.Run(() => model.Initialize(new Callback(_ => joined.Set())));

        await Task.WhenAll(first, second).Within("two calls of Initialize with listeners");

        Assert.That(model.GetModelInfo().IsInitialized);
    }

    [Test]
    public async Task InitializeAsync_lets_no_caller_wait_for_what_another_does_next()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny });
        using var reporting = new ManualResetEventSlim();
        using var joined = new ManualResetEventSlim();
        using var secondIsDone = new ManualResetEventSlim();
        Task first = First();
        reporting.Wait();
        Task second = Second();
        joined.Set();

        await Task.WhenAll(first, second).Within("two calls of InitializeAsync");

        async Task First()
        {
            await model.InitializeAsync(new Callback(_ =>
            {
                reporting.Set();
                joined.Wait();
            })).ConfigureAwait(false);
            Assert.That(secondIsDone.Wait(TimeSpan.FromSeconds(30)), "the second caller waited for the first one");
        }

        async Task Second()
        {
            await model.InitializeAsync().ConfigureAwait(false);
            secondIsDone.Set();
        }
    }

    [Test]
    public void Free_while_loading_ends_Initialize_with_cancellation()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny });

        Assert.That(() => model.Initialize(new Callback(_ => model.Free())), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(model.GetModelInfo().IsInitialized, Is.False);
    }

    [Test]
    public async Task Free_during_Predict_from_another_thread_ends_it_as_cancelled()
    {
        using LlamaModel model = TestModels.Load(TestModels.Slow);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Completion> running = Task.Run(() => model.Predict("Hello", new CompletionOptions { MaxTokens = 2000, LogitBias = NeverEnds(model), OnInterruption = InterruptionBehavior.ReturnPartial }, _ => started.TrySetResult()));
        await Task.WhenAny(started.Task, running).Within("the first token");

        model.Free();
        Completion completion = await running.Within("Predict after Free");

        Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Cancelled));
        Assert.That(() => model.Predict("x"), Throws.InvalidOperationException);
        model.Initialize();
        Assert.That(Greedy(model), Is.Not.Null, "it can be loaded again");
    }

    [Test]
    public void Free_from_within_the_text_callback_ends_the_call_as_cancelled()
    {
        using LlamaModel model = TestModels.LoadTiny();

        Assert.That(() => model.Predict("Hello", new CompletionOptions { MaxTokens = 200, LogitBias = NeverEnds(model) }, _ => model.Free()), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Free_ends_calls_that_wait_for_their_turn()
    {
        using LlamaModel model = TestModels.Load(TestModels.Slow);
        var options = new CompletionOptions { MaxTokens = 2000, LogitBias = NeverEnds(model), OnInterruption = InterruptionBehavior.ReturnPartial };
        Task<Completion>[] calls = [.. Enumerable.Range(0, 8).Select(_ => model.PredictAsync("Hello", options))];
        await Task.Yield(); // some calls wait, some have not begun: each must end

        model.Free();

        foreach (Task<Completion> call in calls)
        {
            try
            {
                Assert.That((await call.Within("a waiting call after Free")).FinishReason, Is.EqualTo(FinishReason.Cancelled));
            }
            catch (InvalidOperationException notYetStarted)
            {
                Assert.That(notYetStarted.Message, Does.StartWith("model not initialized"));
            }
        }
    }

    [Test]
    public async Task PredictAsync_from_many_callers_gives_each_the_same_greedy_text()
    {
        using LlamaModel model = TestModels.LoadTiny();
        string expected = Greedy(model);

        Completion[] completions = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => model.PredictAsync("Once upon", GreedyOptions))).Within("32 calls");

        Assert.That(completions.Select(completion => completion.Text), Is.All.EqualTo(expected));
    }

    [Test]
    public void EstimateTokens_is_a_quarter_of_the_bytes_and_CountTokens_is_exact()
    {
        using LlamaModel model = TestModels.LoadTiny();

        Assert.Multiple(() =>
        {
            Assert.That(model.EstimateTokens("abcdefg"), Is.EqualTo(1));
            Assert.That(model.EstimateTokens("日本語日"), Is.EqualTo(3));
            Assert.That(model.CountTokens("日本語"), Is.EqualTo(model.Vocab.Tokenize("日本語").Length));
            Assert.That(model.CountTokens(""), Is.Zero);
        });
    }

    [Test]
    public void Models_work_side_by_side_and_in_any_order_of_disposal()
    {
        LlamaModel first = TestModels.LoadTiny();
        LlamaModel second = TestModels.LoadTiny();
        string expected = Greedy(first);

        first.Dispose();
        Assert.That(Greedy(second), Is.EqualTo(expected));
        second.Dispose();
    }

    [Test]
    public void CreateContext_outlives_the_model()
    {
        LlamaModel model = TestModels.LoadTiny();
        int[] tokens = model.Vocab.Tokenize("Hello", addSpecial: true);
        LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextSize = 64 });
        model.Dispose();

        context.Decode(tokens, 0);
        Assert.That(context.GetLogits().Length, Is.EqualTo(416));
        context.Dispose();
    }

    [Test]
    public void Initialize_refuses_a_context_that_the_model_was_not_trained_for()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, ContextSize = 2_000_000_000 });

        var error = Assert.Throws<ModelLoadException>(() => model.Initialize())!;

        Assert.That(error.Message, Does.Contain("2000000000").And.Contain("512"));
    }

    [Test]
    public void Initialize_refuses_a_context_that_the_memory_does_not_hold()
    {
        string path = TestModels.Write("vast.gguf", RandomModelOptions.Tiny with { ContextLength = 100_000_000, LayerCount = 200 });
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = path, ContextSize = 100_000_000 });

        var error = Assert.Throws<ModelLoadException>(() => model.Initialize())!;

        Assert.That(error.Message, Does.Contain("MiB available").And.Contain("smaller context"));
    }

    [Test]
    public void Initialize_refuses_GPU_layers_without_a_GPU()
    {
        if (LlamaRuntime.HasGpu)
        {
            Assert.Ignore("This machine has a GPU.");
        }
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, GpuLayers = 1 });

        Assert.That(() => model.Initialize(), Throws.TypeOf<ModelLoadException>().With.Message.Contains("there is no GPU"));
    }

    [Test]
    public void Initialize_says_what_is_wrong_with_a_file([Values("directory", "empty", "zip", "extension", "vocabulary")] string kind)
    {
        string path = TestModels.PathOf($"bad-{kind}.gguf");
        string expected = kind switch
        {
            "directory" => Make(() => Directory.CreateDirectory(path), "directory"),
            "empty" => Make(() => File.WriteAllBytes(path, []), "empty"),
            "zip" => Make(() => File.WriteAllBytes(path, [0x50, 0x4B, 3, 4, 0, 0, 0, 0]), "50 4B 03 04"),
            "extension" => Make(() => File.Copy(TestModels.Tiny, path = TestModels.PathOf("model.bin"), overwrite: true), "'.bin'"),
            _ => Make(() => path = TestData.Get("vocab/ggml-vocab-phi-3.gguf"), "no weights"),
        };
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = path });

        var error = Assert.Throws<ModelLoadException>(() => model.Initialize())!;

        Assert.That(error.Message, Does.Contain(expected).And.Contain(Path.GetFileName(path)));

        static string Make(Action make, string expected)
        {
            make();
            return expected;
        }
    }

    [Test]
    public void Initialize_reads_the_file_without_a_memory_map_as_well()
    {
        using LlamaModel mapped = TestModels.LoadTiny();
        using LlamaModel read = TestModels.LoadTiny(options =>
        {
            options.LoadMode = ModelLoadMode.Buffered;
            options.CheckTensors = true;
        });

        Assert.That(Greedy(read), Is.EqualTo(Greedy(mapped)));
    }

    [Test]
    public void Predict_gives_the_recorded_continuation_of_stories260K()
    {
        using LlamaModel model = TestModels.Load(TestData.Stories260K);

        Completion completion = model.Predict("Once upon a time", new CompletionOptions { Temperature = 0, MaxTokens = 110 });

        Assert.That(completion.Text, Does.StartWith(
            ", there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. "
            + "She wanted to play with it, but it was too high.\n"
            + "Lily's mom said, \"Lily, let's go to the park.\" Lily was sad and didn't know what to do."));
    }

    private static readonly CompletionOptions GreedyOptions = new() { Temperature = 0, MaxTokens = 24 };

    private static string Greedy(LlamaModel model) => model.Predict("Once upon", GreedyOptions).Text;

    private static Dictionary<int, float> NeverEnds(LlamaModel model) => new() { [model.Vocab.EndOfText!.Value] = float.NegativeInfinity };

    private sealed class Reports : IProgress<float>
    {
        public List<float> Values { get; } = [];

        public void Report(float value)
        {
            lock (Values)
            {
                Values.Add(value);
            }
        }
    }

    private sealed class Callback(Action<float> action) : IProgress<float>
    {
        public void Report(float value) => action(value);
    }
}
