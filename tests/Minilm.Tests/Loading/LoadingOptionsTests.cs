using Minilm.Gguf;

namespace Minilm.Tests.Loading;

public sealed class LoadingOptionsTests
{
    private static readonly CompletionOptions Greedy = new() { MaxTokens = 12, Temperature = 0 };

    private string _expected = "";

    [OneTimeSetUp]
    public void Predict_by_default()
    {
        using LlamaModel model = TestModels.LoadTiny();
        _expected = model.Predict("Hello", Greedy).Text;
    }

    [Test]
    public void Initialize_loads_the_same_model_in_every_load_mode([Values] ModelLoadMode mode) =>
        Assert.That(Answer(TestModels.Tiny, options => options.LoadMode = mode), Is.EqualTo(_expected));

    [Test]
    public void Initialize_loads_the_same_model_without_a_memory_map_and_with_checked_tensors() =>
        Assert.That(
            Answer(TestModels.Tiny, options =>
            {
                options.LoadMode = ModelLoadMode.Buffered;
                options.CheckTensors = true;
            }),
            Is.EqualTo(_expected));

    [Test]
    public void CheckTensors_refuses_weights_that_are_not_numbers()
    {
        GgufFile file = GgufFile.Read(TestModels.Tiny);
        byte[] bytes = File.ReadAllBytes(TestModels.Tiny);
        GgufTensorInfo tensor = file.Tensors.Single(tensor => tensor.Name == "blk.0.attn_q.weight");
        BitConverter.TryWriteBytes(bytes.AsSpan((int)(file.DataOffset + tensor.Offset) + 40), float.NaN);
        using TemporaryFolder folder = new();
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = folder.Write("nan.gguf", bytes), CheckTensors = true, Threads = 1 });

        Assert.That(() => model.Initialize(), Throws.TypeOf<ModelLoadException>().With.Message.Contains("blk.0.attn_q.weight"));
    }

    [TestCase("modèle-模型-модель 😀.gguf")]
    [TestCase("with spaces and 'quotes' & %20.gguf")]
    public void Initialize_loads_from_any_name(string name)
    {
        using TemporaryFolder folder = new();
        string path = folder.PathOf(name);
        File.Copy(TestModels.Tiny, path);

        Assert.That(Answer(path), Is.EqualTo(_expected));
    }

    [Test]
    public void Initialize_loads_from_a_path_longer_than_260_characters()
    {
        using TemporaryFolder folder = new();
        string deep = Path.Combine([folder.Path, .. Enumerable.Repeat(new string('d', 100), 6)]);
        Directory.CreateDirectory(deep);
        string path = Path.Combine(deep, "model.gguf");
        File.Copy(TestModels.Tiny, path);

        Assert.That(path, Has.Length.GreaterThan(600));
        Assert.That(Answer(path), Is.EqualTo(_expected));
    }

    [Test]
    public void Initialize_loads_a_model_inside_of_a_larger_file([Values(32, 4096, 4100)] int offset, [Values] bool map)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("game.pak", [.. new byte[offset], .. File.ReadAllBytes(TestModels.Tiny)]);

        Assert.That(
            Answer(path, options =>
            {
                options.ModelOffset = offset;
                options.LoadMode = map ? ModelLoadMode.Auto : ModelLoadMode.Buffered;
            }),
            Is.EqualTo(_expected));
    }

    [Test]
    public void Constructor_refuses_to_map_a_model_that_is_not_aligned() =>
        Assert.That(
            () => new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, ModelOffset = 4100, LoadMode = ModelLoadMode.Mapped }),
            Throws.ArgumentException.With.Message.Contains("ModelOffset is 4100").And.Message.Contains("multiple of 32"));

    [Test]
    public void Initialize_says_that_there_is_no_model_at_the_offset([Values(1, 1L << 40)] long offset)
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, ModelOffset = offset });

        Assert.That(() => model.Initialize(), Throws.TypeOf<ModelLoadException>().With.Message.Contains(TestModels.Tiny));
    }

    [TestCase(GgmlType.F32, GgmlType.F32, FlashAttention.Off)]
    [TestCase(GgmlType.F32, GgmlType.F16, FlashAttention.On)]
    [TestCase(GgmlType.Q8_0, GgmlType.F16, FlashAttention.Off)]
    [TestCase(GgmlType.Q8_0, GgmlType.Q8_0, FlashAttention.On)]
    [TestCase(GgmlType.Q4_0, GgmlType.Q4_0, FlashAttention.Auto)]
    public void KvTypes_change_the_size_of_the_memory_and_hardly_the_answer(GgmlType keys, GgmlType values, FlashAttention flashAttention)
    {
        string path = TestModels.Write("heads-of-32.gguf", RandomModelOptions.Tiny with { EmbeddingLength = 128 });
        using LlamaModel model = TestModels.Load(path);
        using LlamaContext plain = model.CreateContext(new LlamaContextOptions { ContextSize = 256, Threads = 1 });
        using LlamaContext typed = model.CreateContext(new LlamaContextOptions { ContextSize = 256, Threads = 1, KeyType = keys, ValueType = values, FlashAttention = flashAttention });

        Assert.That(Likeness.Of(plain, typed), Is.GreaterThan(keys == GgmlType.Q4_0 ? 0.95 : 0.999));
    }

    [Test]
    public void KvTypes_that_cannot_be_are_refused_at_the_door()
    {
        using LlamaModel model = TestModels.LoadTiny();
        Assert.Multiple(() =>
        {
            Assert.That(
                () => new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, ValueType = GgmlType.Q8_0, FlashAttention = FlashAttention.Off }),
                Throws.ArgumentException.With.Message.Contains("ValueType is Q8_0, which needs flash attention"));
            Assert.That(
                () => model.CreateContext(new LlamaContextOptions { KeyType = GgmlType.Q6_K }),
                Throws.ArgumentException.With.Message.Contains("KeyType is Q6_K; it must be F32, F16, Q8_0 or Q4_0"));
            Assert.That(
                () => model.CreateContext(new LlamaContextOptions { KeyType = GgmlType.Q8_0 }),
                Throws.TypeOf<ModelLoadException>().With.Message.Contains("a key head has 16 elements"));
        });
    }

    [Test]
    public void Devices_that_are_absent_are_an_error_that_names_the_present_ones()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, Devices = ["CUDA7"] });

        Assert.That(() => model.Initialize(), Throws.TypeOf<ModelLoadException>().With.Message.Contains("'CUDA7'").And.Message.Contains("CPU"));
    }

    [Test]
    public void Devices_that_are_absent_are_replaced_by_the_CPU_only_when_allowed_and_aloud()
    {
        var log = new RecordingLogger<LlamaModel>();
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, GpuLayers = int.MaxValue, Devices = ["CUDA7"], AllowCpuFallback = true, Threads = 1 }, log);
        model.Initialize();

        Assert.That(model.Predict("Hello", Greedy).Text, Is.EqualTo(_expected));
        Assert.That(log.Lines, Has.Some.StartsWith("Warning").And.Some.Contains("CUDA7"));
    }

    [Test]
    public void Devices_may_name_the_CPU() =>
        Assert.That(Answer(TestModels.Tiny, options => options.Devices = ["cpu"]), Is.EqualTo(_expected));

    [Test]
    public void TensorOverrides_put_tensors_into_a_known_memory() =>
        Assert.That(Answer(TestModels.Tiny, options => options.TensorOverrides = [new("ffn_(up|down)", "CPU")]), Is.EqualTo(_expected));

    [Test]
    public void TensorOverrides_name_an_unknown_memory_and_the_known_ones()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, TensorOverrides = [new("ffn", "Core")] });

        Assert.That(() => model.Initialize(), Throws.TypeOf<ModelLoadException>().With.Message.Contains("'Core'").And.Message.Contains("CPU"));
    }

    [TestCase("ffn_(up")]
    [TestCase("")]
    [TestCase("a\0b")]
    public void TensorOverrides_refuse_what_is_not_a_pattern(string pattern) =>
        Assert.That(
            () => new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, TensorOverrides = [new(pattern, "CPU")] }),
            Throws.ArgumentException.With.Message.Contains("TensorOverrides"));

    [TestCase("[[:nonsense:]]")]
    [TestCase("(?<name>ffn)")]
    [TestCase("a{")]
    public void TensorOverrides_that_only_the_library_cannot_read_are_refused_and_do_not_end_the_process(string pattern)
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, TensorOverrides = [new(pattern, "CPU")] });

        Assert.That(() => model.Initialize(), Throws.TypeOf<ModelLoadException>());
    }

    [Test]
    public async Task InitializeAsync_stops_in_the_middle()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Slow, LoadMode = ModelLoadMode.Buffered, Threads = 1 });
        using var cancel = new CancellationTokenSource();
        var progress = new Listener(share =>
        {
            if (share > 0)
            {
                cancel.Cancel();
            }
        });

        Assert.That(async () => await model.InitializeAsync(progress, cancel.Token).Within("a cancelled load"), Throws.InstanceOf<OperationCanceledException>());
        await model.InitializeAsync().Within("a load after a cancelled one");

        Assert.That(model.GetModelInfo().IsInitialized, Is.True);
    }

    private static string Answer(string path, Action<LlamaModelOptions>? configure = null)
    {
        using LlamaModel model = TestModels.Load(path, configure);
        return model.Predict("Hello", Greedy).Text;
    }

    private sealed class Listener(Action<float> onReport) : IProgress<float>
    {
        public void Report(float value) => onReport(value);
    }
}
