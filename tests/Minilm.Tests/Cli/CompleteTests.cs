using System.Text;
using System.Text.Json;
using Minilm.Cli.Output;

namespace Minilm.Tests.Cli;

[TestFixture]
public sealed class CompleteTests
{
    private const string Prompt = "Once upon a time";

    private const string Recorded = """
        , there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. She wanted to play with it, but it was too high.
        Lily's mom said, "Lily, let's go to the park." Lily was sad and didn't know what to do.
        """;

    [Test]
    public async Task The_output_is_the_continuation_and_nothing_else()
    {
        CliRun run = await CliRun.OfAsync(
            "complete", TestData.Stories260K, "--prompt", Prompt, "--temperature", "0", "--max-tokens", "60", "--no-stream");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero);
            Assert.That(run.Out, Does.EndWith("\n"));
            Assert.That(run.Out[..^1], Is.EqualTo(Recorded[..Math.Min(run.Out.Length - 1, Recorded.Length)]), "60 tokens are a beginning of the recorded text");
            Assert.That(run.Out, Has.Length.GreaterThan(100));
            Assert.That(run.Error, Is.Empty);
        });
    }

    [Test]
    public async Task Streamed_text_is_the_same_text()
    {
        int flushes = 0;
        CliRun whole = await CompleteAsync("--no-stream");
        CliRun streamed = await CliRun.OfAsync([.. Greedy(), "--prompt", Prompt, "--stream"], onOutput: () => flushes++);

        Assert.That(streamed.Out, Is.EqualTo(whole.Out));
        Assert.That(flushes, Is.GreaterThan(5));
    }

    [Test]
    public async Task Json_has_every_key_on_one_line()
    {
        CliRun text = await CompleteAsync();
        CliRun run = await CompleteAsync("--json", "--stream");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero);
            Assert.That(run.Out.TrimEnd('\n'), Does.Not.Contain("\n"));
            Assert.That(run.Json.EnumerateObject().Select(property => property.Name), Is.EqualTo(
                (string[])["text", "finish_reason", "prompt_tokens", "completion_tokens", "ttft_ms", "total_ms", "tokens_per_second", "backend"]));
            Assert.That(run.Json.GetProperty("text").GetString() + "\n", Is.EqualTo(text.Out));
            Assert.That(run.Json.GetProperty("finish_reason").GetString(), Is.EqualTo("length"));
            Assert.That(run.Json.GetProperty("prompt_tokens").GetInt32(), Is.GreaterThan(1));
            Assert.That(run.Json.GetProperty("completion_tokens").GetInt32(), Is.EqualTo(24));
            Assert.That(run.Json.GetProperty("ttft_ms").GetDouble(), Is.GreaterThan(0).And.LessThanOrEqualTo(run.Json.GetProperty("total_ms").GetDouble()));
            Assert.That(run.Json.GetProperty("tokens_per_second").GetDouble(), Is.GreaterThan(0));
            Assert.That(run.Json.GetProperty("backend").GetString(), Is.EqualTo("llama.cpp"));
        });
    }

    [Test]
    public async Task A_prompt_comes_from_standard_input_without_its_mark_and_last_line_break([Values("--prompt", "--prompt-file")] string option)
    {
        CliRun direct = await CompleteAsync();
        CliRun piped = await CliRun.OfAsync([.. Greedy(), option, "-"], stdin: Encoding.UTF8.GetBytes("\uFEFF" + Prompt + "\r\n"));

        Assert.That(piped.ExitCode, Is.Zero, piped.Error);
        Assert.That(piped.Out, Is.EqualTo(direct.Out));
    }

    [Test]
    public async Task A_prompt_comes_from_a_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Prompt + "\n");
            CliRun run = await CliRun.OfAsync([.. Greedy(), "--prompt-file", file]);

            Assert.That(run.Out, Is.EqualTo((await CompleteAsync()).Out));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase("@file")]
    [TestCase("-abc")]
    [TestCase("--json")]
    [TestCase("[suggest]")]
    [TestCase("\uD800 unpaired")]
    public async Task Any_text_is_a_prompt(string prompt)
    {
        CliRun run = await CliRun.OfAsync([.. Greedy(), "--prompt", prompt]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Not.StartWith("{"));
    }

    [Test]
    public async Task A_prompt_that_is_not_utf8_is_completed_all_the_same()
    {
        CliRun run = await CliRun.OfAsync([.. Greedy(), "--prompt", "-"], stdin: [0x61, 0xFF, 0xC3, 0x28]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    [Test]
    public async Task A_stop_string_ends_the_completion_and_is_not_part_of_it()
    {
        string text = (await CompleteAsync("--json")).Json.GetProperty("text").GetString()!;
        string stop = text.Substring(6, 3);
        CliRun run = await CompleteAsync("--json", "--stop", "\u0001 never", "--stop", stop);

        Assert.That(run.Json.GetProperty("finish_reason").GetString(), Is.EqualTo("stop"));
        Assert.That(run.Json.GetProperty("text").GetString(), Is.EqualTo(text[..text.IndexOf(stop, StringComparison.Ordinal)]));
    }

    [Test]
    public async Task A_seed_repeats_a_random_choice()
    {
        string[] args = ["complete", TestModels.Tiny, "--prompt", Prompt, "--temperature", "1", "--max-tokens", "24", "--seed"];
        CliRun first = await CliRun.OfAsync([.. args, "7"]);
        CliRun again = await CliRun.OfAsync([.. args, "7"]);
        CliRun other = await CliRun.OfAsync([.. args, "8"]);

        Assert.That(again.Out, Is.EqualTo(first.Out));
        Assert.That(other.Out, Is.Not.EqualTo(first.Out));
    }

    [Test]
    public async Task A_passed_time_limit_prints_what_there_is_and_gives_exit_code_3()
    {
        // Far more than can be computed in a millisecond: 350 tokens of prompt.
        CliRun run = await CliRun.OfAsync(
            "complete", TestModels.Tiny, "--prompt", new string('q', 350), "--temperature", "0", "--max-tokens", "100", "--threads", "1", "--timeout-ms", "1", "--json");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(3));
            Assert.That(run.Json.GetProperty("finish_reason").GetString(), Is.EqualTo("timeout"));
            Assert.That(run.Error, Does.StartWith("minilm: ").And.Contain("1 ms").And.Contain("--timeout-ms"));
        });
    }

    [Test]
    public async Task An_interruption_prints_what_there_is_and_gives_exit_code_130()
    {
        string whole = (await CompleteAsync("--json", "--max-tokens", "300")).Json.GetProperty("text").GetString()!;
        using CancellationTokenSource interrupt = new();
        CliRun run = await CliRun.OfAsync(
            ["complete", TestModels.Tiny, "--prompt", Prompt, "--temperature", "0", "--max-tokens", "300", "--stream"], onOutput: interrupt.Cancel, cancellationToken: interrupt.Token);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(130));
            Assert.That(run.Error, Does.StartWith("minilm: interrupted"));
            Assert.That(run.Out, Has.Length.GreaterThan(1).And.Length.LessThan(whole.Length));
            Assert.That(whole, Does.StartWith(run.Out.TrimEnd('\n')));
        });
    }

    [Test]
    public async Task An_interruption_before_the_first_token_still_gives_json()
    {
        CliRun run = await CliRun.OfAsync([.. Greedy(), "--prompt", Prompt, "--json"], cancellationToken: new CancellationToken(canceled: true));

        Assert.That(run.ExitCode, Is.EqualTo(130));
        Assert.That(run.Json.GetProperty("finish_reason").GetString(), Is.EqualTo("cancelled"));
        Assert.That(run.Json.GetProperty("ttft_ms").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task A_prompt_longer_than_the_context_is_refused_with_exit_code_1()
    {
        CliRun run = await CliRun.OfAsync([.. Greedy(), "--prompt", new string('q', 5000)]);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("minilm: ").And.Contain("context"));
    }

    [Test]
    public async Task A_terminal_gets_statistics_and_no_escape_sequences_of_the_model()
    {
        CliRun run = await CliRun.OfAsync([.. Greedy(), "--prompt", Prompt], onTerminal: true);

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Out, Does.Not.Contain("\u001b"));
        Assert.That(run.Error, Does.Contain("tokens/s"));
    }

    [Test]
    public void Json_escapes_what_a_text_may_hold()
    {
        CompletionResult result = new("\"quoted\" \u001b[0m \n \\ äöü 漢 \uD800!", FinishReason.Stop, 1, 2, null, 3, 4, "mock", null, null, null);
        string json = CliJson.Serialize(result, CliJson.Default.CompletionResult);

        Assert.That(json, Does.Contain("äöü 漢").And.Not.Contain("\u001b").And.Not.Contain("\n"));
        Assert.That(JsonDocument.Parse(json).RootElement.GetProperty("text").GetString(), Is.EqualTo("\"quoted\" \u001b[0m \n \\ äöü 漢 \uFFFD!"));
    }

    private static string[] Greedy() => ["complete", TestModels.Tiny, "--temperature", "0", "--max-tokens", "24"];

    private static Task<CliRun> CompleteAsync(params string[] options) =>
        CliRun.OfAsync(["complete", TestModels.Tiny, "--prompt", Prompt, "--temperature", "0", .. options.Contains("--max-tokens") ? [] : (string[])["--max-tokens", "24"], .. options]);
}
