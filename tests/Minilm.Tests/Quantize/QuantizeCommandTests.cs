using System.Text.Json;
using Minilm.Gguf;

namespace Minilm.Tests.Quantize;

public sealed class QuantizeCommandTests
{
    [Test]
    public async Task Quantize_prints_one_object()
    {
        using TemporaryFolder folder = new();
        string output = folder.PathOf("out.gguf");

        CliRun run = await CliRun.OfAsync("quantize", TestModels.Tiny, output, "q8_0", "--threads", "1", "--json");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        JsonElement json = run.Json;
        Assert.Multiple(() =>
        {
            Assert.That(json.EnumerateObject().Select(property => property.Name), Is.EqualTo(new[] { "input", "output", "type", "bytes_before", "bytes_after", "seconds" }));
            Assert.That(json.GetProperty("type").GetString(), Is.EqualTo("Q8_0"));
            Assert.That(json.GetProperty("bytes_before").GetInt64(), Is.EqualTo(new FileInfo(TestModels.Tiny).Length));
            Assert.That(json.GetProperty("bytes_after").GetInt64(), Is.EqualTo(new FileInfo(output).Length));
            Assert.That(GgufFile.Read(output).Facts.QuantizationName, Is.EqualTo("Q8_0"));
        });
    }

    [Test]
    public async Task Quantize_warns_on_standard_error_when_shapes_do_not_fit()
    {
        using TemporaryFolder folder = new();

        CliRun run = await CliRun.OfAsync("quantize", TestModels.Tiny, folder.PathOf("out.gguf"), "Q4_K_M");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("Q4_K_M").And.Contain("bytes"));
        Assert.That(run.Error, Does.Contain("falling back").And.Contain("more like these"));
        Assert.That(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(4));
    }

    [TestCase("Q9")]
    [TestCase("7")]
    [TestCase("")]
    public async Task Quantize_lists_the_types_when_there_is_no_such(string type)
    {
        CliRun run = await CliRun.OfAsync("quantize", TestModels.Tiny, TestModels.PathOf("never.gguf"), type);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain($"TYPE is '{type}'").And.Contain("Q4_K_M").And.Contain("F16"));
    }

    [Test]
    public async Task Quantize_replaces_a_file_only_by_force()
    {
        using TemporaryFolder folder = new();
        string output = folder.Write("out.gguf", [1, 2, 3]);

        CliRun refused = await CliRun.OfAsync("quantize", TestModels.Tiny, output, "F16");
        CliRun forced = await CliRun.OfAsync("quantize", TestModels.Tiny, output, "F16", "--force");

        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Error, Does.Contain("exists").And.Contain(output));
        Assert.That(forced.ExitCode, Is.Zero, forced.Error);
    }

    [Test]
    public async Task Quantize_refuses_to_write_over_its_input()
    {
        CliRun run = await CliRun.OfAsync("quantize", TestModels.Tiny, TestModels.Tiny, "F16", "--force");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("the same file"));
    }
}
