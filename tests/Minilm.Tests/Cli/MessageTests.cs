
namespace Minilm.Tests.Cli;

/// <summary>What Minilm's libraries say about options, seen by who only knows the command line.</summary>
public sealed class MessageTests
{
    private static readonly string LongText = string.Join(' ', Enumerable.Repeat("word", 1000));

    private static IEnumerable<TestCaseData> CommandLines => ((TestCaseData[])
    [
        new(1, "or pass --allow-requantize", (string[])["quantize", TestModels.Companion, TestModels.PathOf("again.gguf"), "Q4_0"]),
        new(2, "See 'minilm quantize --help'", (string[])["quantize", TestModels.Tiny, TestModels.Tiny, "Q4_0"]),
        new(1, "pass a larger --ctx", (string[])["complete", TestModels.Tiny, "--ctx", "64", "--prompt", LongText]),
        new(1, "Shorten the prompt (the model was trained for 512)", (string[])["complete", TestModels.Tiny, "--prompt", LongText]),
        new(1, "pass a larger --ctx, or pass --truncate", (string[])["embed", TestModels.Tiny, "--text", LongText]),
        new(2, "--stop has an empty text", (string[])["complete", TestModels.Tiny, "--prompt", "a", "--stop", ""]),
        new(2, "is not valid JSON", (string[])["complete", TestModels.Tiny, "--prompt", "a", "--json-schema", Repository.PathOf("LICENSE")]),
        new(2, "smaller windows", (string[])["perplexity", TestModels.Tiny, "--file", Repository.PathOf("LICENSE"), "--ctx", "4096"]),
        new(2, "mutually exclusive", (string[])["complete", TestModels.Tiny, "--prompt", "a", "--lora", "a.gguf", "--cache", "b"]),
    ]).Select(line => line.SetArgDisplayNames($"{line.Arguments[1]}"));

    [TestCaseSource(nameof(CommandLines))]
    public async Task A_message_names_options_and_no_members(int exitCode, string message, string[] args)
    {
        CliRun run = await CliRun.OfAsync(args);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(exitCode));
            Assert.That(run.Error, Does.StartWith("minilm: ").And.Contain(message));
            Assert.That(run.Error, Does.Not.Contain("(Parameter").And.Not.Contain("set ").And.Not.Match("AllowRequantize|ContextSize|Truncate|StopStrings"));
        });
    }
}
