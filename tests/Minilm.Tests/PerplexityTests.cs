using Minilm.Cli.Terminal;

namespace Minilm.Tests;

/// <summary>The perplexity of a text, as llama-perplexity computes it.</summary>
public sealed class PerplexityTests
{
    private static readonly string TextFile = Repository.PathOf("tests/Minilm.Tests/Data/lines.txt");

    // llama-perplexity 0.7.0 -m stories260K.gguf -f lines.txt -c WINDOW -t 2: "Final estimate: PPL = ..."
    [TestCase(512, 17.2671)]
    [TestCase(256, 15.9592)]
    public async Task Perplexity_is_that_of_llama_perplexity(int window, double expected)
    {
        CliRun run = await CliRun.OfAsync("perplexity", TestData.Stories260K, "--file", TextFile, "--ctx", $"{window}", "--json");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Done), run.Error);
            Assert.That(run.Json.GetProperty("perplexity").GetDouble(), Is.EqualTo(expected).Within(0.1).Percent);
        });
    }

    [Test]
    public async Task Random_weights_are_as_good_as_guessing()
    {
        CliRun run = await CliRun.OfAsync(["perplexity", TestModels.Tiny, "--file", "-", "--ctx", "64"], File.ReadAllBytes(TextFile));
        using LlamaModel model = TestModels.LoadTiny();
        PerplexityResult result = LlamaPerplexity.Measure(model, File.ReadAllText(TextFile).TrimEnd('\n'), windowSize: 64);

        Assert.Multiple(() =>
        {
            Assert.That(result.Perplexity, Is.GreaterThan(model.Vocab.Count / 4.0));
            Assert.That(result.CountedTokens, Is.EqualTo(result.Windows * 31));
            Assert.That(run.Out, Does.StartWith("perplexity ").And.Contain($"{result.CountedTokens} tokens in {result.Windows} windows of 64"));
        });
    }

    [Test]
    public async Task A_text_that_is_too_short_is_wrong_usage()
    {
        CliRun run = await CliRun.OfAsync(["perplexity", TestModels.Tiny, "--file", "-"], "too short"u8.ToArray());

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
            Assert.That(run.Error, Does.Contain("two windows of 512"));
        });
    }

    [Test]
    public void Measure_can_be_cancelled()
    {
        using LlamaModel model = TestModels.Load(TestModels.Slow);
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAtFirst(cancellation);

        Assert.That(
            () => LlamaPerplexity.Measure(model, File.ReadAllText(TextFile), 64, progress, cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private sealed class CancelAtFirst(CancellationTokenSource cancellation) : IProgress<PerplexityResult>
    {
        public void Report(PerplexityResult value) => cancellation.Cancel();
    }
}
