using System.Text.Json;

namespace Minilm.Tests.Cli;

[TestFixture]
public sealed class InfoTests
{
    [Test]
    public async Task Info_shows_the_native_library_and_its_devices()
    {
        CliRun run = await CliRun.OfAsync("info", "--json");
        JsonElement native = run.Json.GetProperty("native");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(native.GetProperty("llama_cpp").GetString(), Is.Not.Empty);
            Assert.That(native.GetProperty("library_path").GetString(), Does.Contain("minilm"));
            Assert.That(native.GetProperty("devices").EnumerateArray().Select(device => device.GetProperty("type").GetString()), Has.Some.EqualTo("cpu"));
            Assert.That(run.Json.GetProperty("model").ValueKind, Is.EqualTo(JsonValueKind.Null));
        });
    }

    [Test]
    public async Task Info_shows_what_a_file_says_about_its_model()
    {
        CliRun run = await CliRun.OfAsync("info", TestModels.Tiny, "--json");
        JsonElement model = run.Json.GetProperty("model");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(model.GetProperty("name").GetString(), Is.EqualTo("random-tiny"));
            Assert.That(model.GetProperty("architecture").GetString(), Is.EqualTo("llama"));
            Assert.That(model.GetProperty("quantization").GetString(), Is.EqualTo("F32"));
            Assert.That(model.GetProperty("context_length").GetInt32(), Is.EqualTo(512));
            Assert.That(model.GetProperty("vocabulary_size").GetInt32(), Is.EqualTo(416));
            Assert.That(model.GetProperty("parameters").GetInt64(), Is.GreaterThan(50_000));
            Assert.That(model.GetProperty("has_chat_template").GetBoolean(), Is.False);
            Assert.That(model.GetProperty("problem").ValueKind, Is.EqualTo(JsonValueKind.Null));
        });
    }

    [Test]
    public async Task Info_for_people_has_one_fact_a_line()
    {
        CliRun run = await CliRun.OfAsync("info", TestModels.Tiny);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match("(?m)^architecture +llama$").And.Match("(?m)^vocabulary +416 tokens"));
    }

    [Test]
    public async Task Info_takes_a_file_that_has_a_vocabulary_only()
    {
        CliRun run = await CliRun.OfAsync("info", TestData.Get("vocab/ggml-vocab-gpt-2.gguf"), "--json");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Json.GetProperty("model").GetProperty("is_vocabulary_only").GetBoolean(), Is.True);
        Assert.That(run.Json.GetProperty("model").GetProperty("vocabulary_size").GetInt32(), Is.EqualTo(50257));
    }

    [Test]
    public async Task Info_says_what_a_file_is_that_is_not_a_model()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, "PK\u0003\u0004 and more of a zip"u8.ToArray());
            CliRun run = await CliRun.OfAsync("info", file);

            Assert.That(run.ExitCode, Is.EqualTo(1));
            Assert.That(run.Error, Does.Contain("50 4B 03 04"));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
