using System.Text.Json;
using Minilm.Cli.Terminal;
using Minilm.Gguf;
using Minilm.Tests.Adapters;

namespace Minilm.Tests.Cli;

/// <summary>The options of <c>minilm complete</c> beyond a prompt and a sampler.</summary>
public sealed class CompleteDepthTests
{
    [Test]
    public async Task Cache_keeps_what_was_decoded_between_processes()
    {
        string cache = TestModels.PathOf($"{Guid.NewGuid():N}.cache");
        string[] command = ["complete", TestModels.Tiny, "--prompt", "The lamp is lit and the sea is calm.", "--temperature", "0", "--max-tokens", "5", "--cache", cache, "--json"];
        CliRun cold = await CliRun.OfAsync(command);
        CliRun warm = await CliRun.OfAsync(command);
        await File.WriteAllTextAsync(cache, "junk");
        CliRun damaged = await CliRun.OfAsync(command);
        CliRun again = await CliRun.OfAsync(command);

        Assert.Multiple(() =>
        {
            Assert.That(cold.Json.TryGetProperty("cached_tokens", out _), Is.False);
            Assert.That(warm.Json.GetProperty("cached_tokens").GetInt32(), Is.EqualTo(warm.Json.GetProperty("prompt_tokens").GetInt32() - 1));
            Assert.That(warm.Json.GetProperty("text").GetString(), Is.EqualTo(cold.Json.GetProperty("text").GetString()));
            Assert.That(damaged.ExitCode, Is.EqualTo(ExitCode.Done));
            Assert.That(damaged.Error, Does.Contain("is ignored and will be replaced"));
            Assert.That(again.Json.GetProperty("cached_tokens").GetInt32(), Is.Positive);
            Assert.That(Directory.GetFiles(Path.GetDirectoryName(cache)!, Path.GetFileName(cache) + "*.tmp"), Is.Empty, "no draft is left");
        });
    }

    [Test]
    public async Task Logprobs_list_each_token_and_the_likeliest_ones()
    {
        CliRun json = await CliRun.OfAsync("complete", TestModels.Tiny, "--prompt", "Hello", "--temperature", "0", "--max-tokens", "3", "--logprobs", "2", "--json");
        CliRun text = await CliRun.OfAsync("complete", TestModels.Tiny, "--prompt", "Hello", "--temperature", "0", "--max-tokens", "3", "--logprobs", "2");
        JsonElement[] tokens = [.. json.Json.GetProperty("logprobs").EnumerateArray()];

        Assert.Multiple(() =>
        {
            Assert.That(tokens, Has.Length.EqualTo(3));
            Assert.That(tokens[0].GetProperty("logprob").GetDouble(), Is.LessThan(0));
            Assert.That(tokens[0].GetProperty("top").GetArrayLength(), Is.EqualTo(2));
            Assert.That(tokens[0].GetProperty("top")[0].GetProperty("id").GetInt32(), Is.EqualTo(tokens[0].GetProperty("id").GetInt32()));
            Assert.That(string.Concat(tokens.Select(token => token.GetProperty("text").GetString())), Is.EqualTo(json.Json.GetProperty("text").GetString()));
            Assert.That(text.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
            Assert.That(text.Out.TrimEnd('\n'), Is.EqualTo(json.Json.GetProperty("text").GetString()), "the text stays alone on standard output");
        });
    }

    [Test]
    public async Task Chat_and_template_choose_how_the_prompt_is_taken()
    {
        string chatty = TestModels.Write("cli-chat.gguf", RandomModelOptions.Tiny with
        {
            ChatTemplate = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}",
            ControlTokens = ["<|im_start|>", "<|im_end|>"],
        });
        CliRun own = await CliRun.OfAsync("complete", chatty, "--prompt", "hi", "--chat", "--max-tokens", "2", "--json");
        CliRun named = await CliRun.OfAsync("complete", TestModels.Tiny, "--prompt", "hi", "--template", "zephyr", "--max-tokens", "2", "--json");
        CliRun none = await CliRun.OfAsync("complete", TestModels.Tiny, "--prompt", "hi", "--chat");
        CliRun unknown = await CliRun.OfAsync("complete", TestModels.Tiny, "--prompt", "hi", "--template", "nobody");

        Assert.Multiple(() =>
        {
            Assert.That(own.Json.GetProperty("prompt_tokens").GetInt32(), Is.GreaterThan(5), "the template's tokens, too");
            Assert.That(named.ExitCode, Is.EqualTo(ExitCode.Done), named.Error);
            Assert.That(none.ExitCode, Is.EqualTo(ExitCode.Failed));
            Assert.That(none.Error, Does.Contain("states no chat template").And.Contain("chatml"));
            Assert.That(unknown.ExitCode, Is.EqualTo(ExitCode.Usage));
            Assert.That(unknown.Error, Does.Contain("'nobody'").And.Contain("llama3"));
        });
    }

    [Test]
    public async Task Json_schema_gives_json_that_fits_it()
    {
        string schema = TestModels.PathOf("mood.schema.json");
        await File.WriteAllTextAsync(schema, """{"type":"object","properties":{"mood":{"enum":["calm","wild"]},"age":{"type":"integer","minimum":1,"maximum":99}},"required":["mood","age"]}""");
        CliRun run = await CliRun.OfAsync("complete", TestModels.Tiny, "--prompt", "Describe yourself:", "--json-schema", schema, "--json");
        CliRun wrong = await CliRun.OfAsync("complete", TestModels.Tiny, "--prompt", "x", "--json-schema", schema, "--grammar", schema);
        JsonElement answer = JsonDocument.Parse(run.Json.GetProperty("text").GetString()!).RootElement;

        Assert.Multiple(() =>
        {
            Assert.That(answer.GetProperty("mood").GetString(), Is.EqualTo("calm").Or.EqualTo("wild"));
            Assert.That(answer.GetProperty("age").GetInt32(), Is.InRange(1, 99));
            Assert.That(wrong.ExitCode, Is.EqualTo(ExitCode.Usage));
            Assert.That(wrong.Error, Does.Contain("mutually exclusive"));
        });
    }

    [Test]
    public async Task Lora_adapters_are_applied_with_their_scales()
    {
        string adapter = new AdapterEdit(TestModels.Tiny).Write(TestModels.PathOf("cli-adapter.gguf"));
        string[] command = ["complete", TestModels.Tiny, "--prompt", "Hello", "--temperature", "0", "--max-tokens", "3", "--logprobs", "0", "--json"];
        CliRun without = await CliRun.OfAsync(command);
        CliRun off = await CliRun.OfAsync([.. command, "--lora", $"{adapter}:0"]);
        CliRun on = await CliRun.OfAsync([.. command, "--lora", adapter]);
        CliRun missing = await CliRun.OfAsync([.. command, "--lora", "nowhere.gguf:0.5"]);

        Assert.Multiple(() =>
        {
            Assert.That(Logprobs(off), Is.EqualTo(Logprobs(without)));
            Assert.That(Logprobs(on), Is.Not.EqualTo(Logprobs(without)));
            Assert.That(missing.ExitCode, Is.EqualTo(ExitCode.Failed));
            Assert.That(missing.Error, Does.Contain("nowhere.gguf"));
        });

        static string Logprobs(CliRun run) => run.Json.GetProperty("logprobs").GetRawText();
    }

    [Test]
    public async Task Grammar_and_draft_reach_the_decode_loop()
    {
        string grammar = TestModels.PathOf("yes-no.gbnf");
        await File.WriteAllTextAsync(grammar, "root ::= \"yes\" | \"no\"\n");
        CliRun answer = await CliRun.OfAsync("complete", TestModels.Tiny, "--prompt", "Is it?", "--grammar", grammar, "--json");
        string[] repetitive = ["complete", TestModels.Tiny, "--prompt", "one two three one two three one two", "--temperature", "0", "--max-tokens", "40", "--json"];
        CliRun plain = await CliRun.OfAsync(repetitive);
        CliRun guessed = await CliRun.OfAsync([.. repetitive, "--draft", "8"]);

        Assert.Multiple(() =>
        {
            Assert.That(answer.Json.GetProperty("text").GetString(), Is.EqualTo("yes").Or.EqualTo("no"));
            Assert.That(guessed.Json.GetProperty("text").GetString(), Is.EqualTo(plain.Json.GetProperty("text").GetString()));
        });
    }
}
