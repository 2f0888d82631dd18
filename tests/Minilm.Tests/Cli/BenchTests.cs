using System.Text.Json;
using Minilm.Cli.Measuring;

namespace Minilm.Tests.Cli;

[TestFixture]
public sealed class BenchTests
{
    [Test]
    public async Task Bench_measures_prefill_and_decode()
    {
        CliRun run = await CliRun.OfAsync("bench", TestModels.Tiny, "--n-prompt", "64", "--n-gen", "16", "--repetitions", "2", "--threads", "1", "--json");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            foreach (string test in (string[])["prefill", "decode"])
            {
                JsonElement speed = run.Json.GetProperty(test).GetProperty("tokens_per_second");
                Assert.That(speed.GetProperty("mean").GetDouble(), Is.GreaterThan(0));
                Assert.That(speed.GetProperty("stddev").GetDouble(), Is.GreaterThanOrEqualTo(0));
            }
            Assert.That(run.Json.GetProperty("threads").GetInt32(), Is.EqualTo(1));
            Assert.That(run.Json.GetProperty("backend").GetString(), Is.EqualTo("llama.cpp"));
            Assert.That(run.Json.GetProperty("flash_attention").GetString(), Is.EqualTo("auto"));
        });
    }

    [Test]
    public async Task Bench_for_people_names_its_tests_as_llama_bench_does()
    {
        CliRun run = await CliRun.OfAsync("bench", TestModels.Tiny, "--n-prompt", "32", "--n-gen", "8", "--repetitions", "1", "--flash-attn", "off");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match(@"pp32 +[\d.]+ ± 0\.00 tokens/s").And.Match(@"tg8 +[\d.]+ ± 0\.00 tokens/s"));
    }

    [Test]
    public async Task Bench_leaves_out_a_test_of_no_tokens()
    {
        CliRun run = await CliRun.OfAsync("bench", TestModels.Tiny, "--n-prompt", "0", "--n-gen", "8", "--repetitions", "1", "--json");

        Assert.That(run.Json.GetProperty("prefill").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(run.Json.GetProperty("decode").GetProperty("tokens").GetInt32(), Is.EqualTo(8));
    }

    [Test]
    public async Task Bench_can_be_interrupted()
    {
        CliRun run = await CliRun.OfAsync(["bench", TestModels.Tiny, "--repetitions", "1000000"], cancellationToken: new CancellationToken(canceled: true));

        Assert.That(run.ExitCode, Is.EqualTo(130));
        Assert.That(run.Error, Is.EqualTo("minilm: interrupted\n"));
    }

    [Test]
    public void Throughput_has_the_sample_standard_deviation()
    {
        Throughput throughput = Throughput.Of([2, 4, 4, 4, 5, 5, 7, 9]);

        Assert.That(throughput.Mean, Is.EqualTo(5));
        Assert.That(throughput.StandardDeviation, Is.EqualTo(Math.Sqrt(32.0 / 7)).Within(1e-12));
        Assert.That(Throughput.Of([3]).StandardDeviation, Is.Zero);
    }
}
