using System.Collections.Concurrent;
using System.ComponentModel;
using Minilm.Gguf;

namespace Minilm.Tests.Quantize;

public sealed class LlamaQuantizerTests
{
    private static readonly Lazy<string> Wide = new(() => TestModels.Write("wide.gguf", RandomModelOptions.Tiny with { EmbeddingLength = 256, FeedForwardLength = 512 }));

    private static readonly Lazy<string> Half = new(() => TestModels.Write("half-30M.gguf", RandomModelOptions.Size30M with { WeightType = GgmlType.F16 }));

    [TestCase(GgmlFileType.F16, 0.55, 0.9999)]
    [TestCase(GgmlFileType.Q8_0, 0.35, 0.999)]
    [TestCase(GgmlFileType.Q4_0, 0.35, 0.95)]
    [TestCase(GgmlFileType.Q4_K_M, 0.25, 0.97)]
    public void Quantize_writes_a_smaller_model_that_predicts_almost_the_same(GgmlFileType type, double size, double likeness)
    {
        using TemporaryFolder folder = new();

        Quantization written = LlamaQuantizer.Quantize(Wide.Value, folder.PathOf("out.gguf"), type, new LlamaQuantizeOptions { Threads = 1 });

        Assert.Multiple(() =>
        {
            Assert.That(written.BytesAfter, Is.EqualTo(new FileInfo(folder.PathOf("out.gguf")).Length));
            Assert.That(written.BytesAfter, Is.LessThan(written.BytesBefore * size));
            Assert.That(GgufFile.Read(written.Output).Facts.QuantizationName, Is.EqualTo(type.ToString()));
            Assert.That(written.Warnings, Is.Empty);
            Assert.That(LikenessOf(Wide.Value, written.Output), Is.GreaterThan(likeness));
            Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1), "no temporary file is left");
        });
    }

    [Test]
    public void Quantize_writes_every_type_that_it_offers([Values] GgmlFileType type)
    {
        using TemporaryFolder folder = new();

        Quantization written = LlamaQuantizer.Quantize(Wide.Value, folder.PathOf("out.gguf"), type, new LlamaQuantizeOptions { Threads = 1 });

        Assert.That(GgufFile.Read(written.Output).Facts.QuantizationName, Is.EqualTo(type.ToString()));
        Assert.That(LikenessOf(Wide.Value, written.Output), Is.GreaterThan(type is GgmlFileType.TQ1_0 or GgmlFileType.TQ2_0 ? 0 : 0.7));
    }

    [Test]
    public void Quantize_halves_a_model_of_30_million_parameters_and_tells_how_far_it_is()
    {
        using TemporaryFolder folder = new();
        var shares = new ConcurrentQueue<float>();

        Quantization written = LlamaQuantizer.Quantize(Half.Value, folder.PathOf("out.gguf"), GgmlFileType.Q8_0, progress: new Listener(shares.Enqueue));

        Assert.Multiple(() =>
        {
            Assert.That(written.BytesAfter, Is.LessThan(written.BytesBefore * 0.55));
            Assert.That(LikenessOf(Half.Value, written.Output), Is.GreaterThan(0.999));
            Assert.That(shares, Has.Count.EqualTo(GgufFile.Read(Half.Value).Tensors.Count), "once per tensor");
            Assert.That(shares, Is.Ordered);
            Assert.That(shares.Last(), Is.EqualTo(1));
        });
    }

    [Test]
    public void Quantize_says_when_shapes_do_not_fit_and_another_type_was_taken()
    {
        using TemporaryFolder folder = new();

        Quantization written = LlamaQuantizer.Quantize(TestModels.Tiny, folder.PathOf("out.gguf"), GgmlFileType.Q4_K_M);

        Assert.That(written.Warnings, Has.Some.Match("not divisible by 256 .*falling back to"));
        Assert.That(GgufFile.Read(written.Output).Tensors.Select(tensor => tensor.Type), Has.None.EqualTo(GgmlType.Q4_K));
        Assert.That(LikenessOf(TestModels.Tiny, written.Output), Is.GreaterThan(0.9));
    }

    [Test]
    public void Quantize_takes_a_quantized_model_only_when_allowed()
    {
        using TemporaryFolder folder = new();
        string eight = LlamaQuantizer.Quantize(Wide.Value, folder.PathOf("eight.gguf"), GgmlFileType.Q8_0).Output;

        Assert.That(
            () => LlamaQuantizer.Quantize(eight, folder.PathOf("four.gguf"), GgmlFileType.Q4_0),
            Throws.TypeOf<ModelLoadException>().With.Message.Contains("quantized already (Q8_0").And.Message.Contains(nameof(LlamaQuantizeOptions.AllowRequantize)));
        Assert.That(
            LikenessOf(Wide.Value, LlamaQuantizer.Quantize(eight, folder.PathOf("four.gguf"), GgmlFileType.Q4_0, new LlamaQuantizeOptions { AllowRequantize = true }).Output),
            Is.GreaterThan(0.95));
    }

    [Test]
    public void Quantize_refuses_paths_that_would_lose_a_file()
    {
        using TemporaryFolder folder = new();
        string copy = folder.PathOf("copy.gguf");
        File.Copy(TestModels.Tiny, copy);
        string link = folder.PathOf("link.gguf");
        File.CreateSymbolicLink(link, copy);
        byte[] before = File.ReadAllBytes(copy);

        Assert.Multiple(() =>
        {
            Assert.That(() => LlamaQuantizer.Quantize(copy, copy, GgmlFileType.F16), Throws.ArgumentException.With.Message.Contains("the same file"));
            Assert.That(() => LlamaQuantizer.Quantize(link, copy, GgmlFileType.F16, new LlamaQuantizeOptions { Overwrite = true }), Throws.ArgumentException.With.Message.Contains("the same file"));
            Assert.That(() => LlamaQuantizer.Quantize(TestModels.Tiny, copy, GgmlFileType.F16), Throws.TypeOf<IOException>().With.Message.Contains("exists"));
            Assert.That(() => LlamaQuantizer.Quantize(copy, folder.Path, GgmlFileType.F16), Throws.TypeOf<IOException>().With.Message.Contains("is a folder"));
            Assert.That(() => LlamaQuantizer.Quantize(copy, folder.PathOf("no/out.gguf"), GgmlFileType.F16), Throws.TypeOf<DirectoryNotFoundException>());
            Assert.That(() => LlamaQuantizer.Quantize(copy, folder.PathOf("out.gguf"), (GgmlFileType)4), Throws.TypeOf<InvalidEnumArgumentException>());
            Assert.That(File.ReadAllBytes(copy), Is.EqualTo(before));
        });
        LlamaQuantizer.Quantize(TestModels.Tiny, copy, GgmlFileType.F16, new LlamaQuantizeOptions { Overwrite = true });
        Assert.That(GgufFile.Read(copy).Facts.QuantizationName, Is.EqualTo("F16"));
    }

    [Test]
    public void Quantize_refuses_damaged_files_and_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        byte[] bytes = File.ReadAllBytes(TestModels.Tiny);
        string cut = folder.Write("cut.gguf", bytes[..(bytes.Length / 2)]);
        string zip = folder.Write("zip.gguf", [0x50, 0x4B, 3, 4, 0, 0, 0, 0]);

        foreach (string input in (string[])[cut, zip, folder.PathOf("missing.gguf")])
        {
            Assert.That(() => LlamaQuantizer.Quantize(input, folder.PathOf("out.gguf"), GgmlFileType.Q8_0), Throws.TypeOf<ModelLoadException>().With.Message.Contains(input));
        }
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(2));
    }

    [Test]
    public async Task QuantizeAsync_when_cancelled_returns_and_leaves_nothing()
    {
        using TemporaryFolder folder = new();
        using var cancel = new CancellationTokenSource();
        using var mayGoOn = new ManualResetEventSlim();
        var listener = new Listener(_ =>
        {
            cancel.Cancel();
            mayGoOn.Wait(TimeSpan.FromSeconds(60));
        });

        Assert.That(
            async () => await LlamaQuantizer.QuantizeAsync(Wide.Value, folder.PathOf("out.gguf"), GgmlFileType.Q8_0, progress: listener, cancellationToken: cancel.Token).Within("a cancelled quantization"),
            Throws.InstanceOf<OperationCanceledException>());
        string[] left = OperatingSystem.IsWindows() ? [] : Directory.GetFiles(folder.Path);
        mayGoOn.Set();

        Assert.That(left, Is.Empty);
        await LlamaQuantizer.QuantizeAsync(Wide.Value, folder.PathOf("out.gguf"), GgmlFileType.Q8_0).Within("a quantization after a cancelled one");
    }

    [Test]
    public void Quantize_gives_up_when_its_listener_fails()
    {
        using TemporaryFolder folder = new();

        Assert.That(
            () => LlamaQuantizer.Quantize(Wide.Value, folder.PathOf("out.gguf"), GgmlFileType.Q8_0, progress: new Listener(_ => throw new InvalidOperationException("no screen"))),
            Throws.TypeOf<ModelLoadException>().With.Message.Contains("no screen"));
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    private static double LikenessOf(string original, string quantized)
    {
        using LlamaModel first = TestModels.Load(original);
        using LlamaModel second = TestModels.Load(quantized);
        var options = new LlamaContextOptions { ContextSize = 256, Threads = 1 };
        using LlamaContext a = first.CreateContext(options);
        using LlamaContext b = second.CreateContext(options);
        return Likeness.Of(a, b);
    }

    private sealed class Listener(Action<float> onReport) : IProgress<float>
    {
        public void Report(float value) => onReport(value);
    }
}
