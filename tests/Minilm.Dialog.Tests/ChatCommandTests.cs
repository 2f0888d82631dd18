using System.Text;
using System.Text.Json;
using Minilm.Cli.Terminal;

namespace Minilm.Tests.Dialog;

/// <summary><c>minilm chat</c>, seen from outside.</summary>
public sealed class ChatCommandTests
{
    private const string Card = """
        {
          "name": "Tilda",
          "description": "keeps a lighthouse",
          "animations": { "idle": "i.gif", "talking": "t.gif" },
          "dialogs": [ { "trigger": "click", "responses": [ "The lamp is lit." ] } ],
          "dialogBackend": {
            "enabled": true, "defaultBackend": "llm", "fallbackChain": [ "simple_random" ], "responseTimeout": 20000,
            "backends": { "llm": { "modelPath": "missing.gguf", "timeoutMs": 0, "maxTokens": 12, "threads": 1, "fallbackEnabled": false } }
          }
        }
        """;

    [Test]
    public async Task Chat_answers_from_the_model_that_is_given_with_one_object_per_reply()
    {
        CliRun run = await CliRun.OfAsync("chat", WriteCard(), "--model", TestModels.Tiny, "--say", "hello", "--trigger", "feed", "--seed", "3", "--json");
        JsonElement[] replies = Lines(run);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Done), run.Error);
            Assert.That(replies, Has.Length.EqualTo(2));
            foreach (JsonElement reply in replies)
            {
                Assert.That(reply.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "backend", "model_backend", "text", "animation", "tone", "type", "confidence", "finish_reason", "total_ms", "tokens_per_second", "attempts" }));
                Assert.That(reply.GetProperty("backend").GetString(), Is.EqualTo("llm"));
                Assert.That(reply.GetProperty("model_backend").GetString(), Is.EqualTo("llama.cpp"));
                Assert.That(reply.GetProperty("text").GetString(), Is.Not.Empty);
                Assert.That(reply.GetProperty("finish_reason").GetString(), Is.EqualTo("length").Or.EqualTo("stop"));
                Assert.That(reply.GetProperty("tokens_per_second").GetDouble(), Is.GreaterThan(0));
            }
        });
    }

    [TestCase("ottoline", "Ottoline Quire")]
    [TestCase("Kazoo", "Kazoo")]
    [TestCase(null, "Linden")]
    public async Task Chat_talks_with_a_character_that_comes_with_the_program(string? card, string name)
    {
        CliRun run = await CliRun.OfAsync(["chat", .. card is null ? (string[])[] : [card], "--seed", "3"], "How are you?\n"u8.ToArray(), onTerminal: true);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Done), run.Error);
            Assert.That(run.Out, Does.Match($@"{name}:(\e\[0m)? \w.*[.!?]\s+(\e\[2m)?llm \(llama\.cpp\), animation "));
        });
    }

    [Test]
    public async Task Chat_answers_from_the_mock_when_the_model_is_missing_and_says_so()
    {
        CliRun run = await CliRun.OfAsync("chat", WriteCard(), "--trigger", "feed", "--json");
        JsonElement reply = Lines(run).Single();

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Done));
            Assert.That(reply.GetProperty("model_backend").GetString(), Is.EqualTo("mock"));
            Assert.That(reply.GetProperty("tokens_per_second").ValueKind, Is.EqualTo(JsonValueKind.Null), "a mock has no speed");
            Assert.That(run.Error, Does.Contain("the mock answers instead").And.Contain("missing.gguf"));
        });
    }

    [Test]
    public async Task Chat_answers_from_the_cards_lines_when_there_is_no_model_and_no_mock()
    {
        CliRun run = await CliRun.OfAsync("chat", WriteCard(), "--strict", "--trigger", "click", "--say", "hello", "--json");
        JsonElement[] replies = Lines(run);

        Assert.Multiple(() =>
        {
            Assert.That(replies[0].GetProperty("backend").GetString(), Is.EqualTo("simple_random"));
            Assert.That(replies[0].GetProperty("attempts")[0].GetProperty("outcome").GetString(), Is.EqualTo("failed"));
            Assert.That(replies[1].GetProperty("backend").GetString(), Is.EqualTo("fallback"), "the card has no line for talk");
            Assert.That(replies[1].GetProperty("text").GetString(), Is.Not.Empty);
        });
    }

    [Test]
    public async Task Chat_reads_lines_when_nothing_is_scripted()
    {
        CliRun run = await CliRun.OfAsync(["chat", WriteCard(), "--strict", "--mood", "50", "--user", "Sam"], Encoding.UTF8.GetBytes("/trigger click\n\n/mood 80\n/mood high\n/trigger\n/dance\n/stats\n/help\n/quit\nnever said\n"));

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Done));
            Assert.That(run.Out, Does.StartWith("The lamp is lit.\n"));
            Assert.That(run.Out, Does.Contain("llm: in service, answered 0, failed 2, last failure: ").And.Contain("missing.gguf").And.Contain("simple_random: in service, answered 1"));
            Assert.That(run.Error, Does.Contain("/mood needs a number from 0 to 100, not 'high'").And.Contain("/trigger needs a name").And.Contain("no command /dance"));
            Assert.That(run.Out, Does.Not.Contain("never"));
        });
    }

    [Test]
    public async Task Chat_streams_on_a_terminal_and_says_who_answered()
    {
        CliRun run = await CliRun.OfAsync(["chat", WriteCard(), "--model", TestModels.Tiny, "--seed", "3"], "hello\n/stats\n"u8.ToArray(), onTerminal: true);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Done), run.Error);
            Assert.That(run.Out, Does.Contain("Tilda").And.Contain("keeps a lighthouse").And.Contain("/trigger NAME"));
            Assert.That(run.Out, Does.Contain("llm (llama.cpp), animation ").And.Contain(" tokens/s"));
            Assert.That(run.Out, Does.Contain("llm: in service, answered 1"));
        });
    }

    [Test]
    public async Task Stats_are_an_object_with_json()
    {
        CliRun run = await CliRun.OfAsync(["chat", WriteCard(), "--strict", "--json"], "/stats\n"u8.ToArray());

        Assert.That(Lines(run).Single().GetProperty("backends")[0].GetProperty("name").GetString(), Is.EqualTo("llm"));
    }

    [TestCase("--say", "", ExitCode.Usage, "--say is empty")]
    [TestCase("--model", "", ExitCode.Usage, "--model is empty")]
    [TestCase("--mood", "101", ExitCode.Usage, "--mood is 101")]
    public async Task Chat_refuses_wrong_usage(string option, string value, int exitCode, string message)
    {
        CliRun run = await CliRun.OfAsync("chat", WriteCard(), option, value);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(exitCode));
            Assert.That(run.Error, Does.Contain(message));
        });
    }

    [Test]
    public async Task Chat_says_what_is_wrong_with_a_card()
    {
        CliRun damaged = await CliRun.OfAsync("chat", WriteCard(Card.Replace("\"timeoutMs\": 0", "\"timeoutMs\": \"soon\"", StringComparison.Ordinal)));
        CliRun missing = await CliRun.OfAsync("chat", "nowhere.json");

        Assert.Multiple(() =>
        {
            Assert.That(damaged.ExitCode, Is.EqualTo(ExitCode.Failed));
            Assert.That(damaged.Error, Does.Contain("card.json").And.Contain("line 8").And.Contain("$.dialogBackend.backends.llm.timeoutMs"));
            Assert.That(missing.ExitCode, Is.EqualTo(ExitCode.Failed));
            Assert.That(missing.Error, Does.Contain("nowhere.json"));
        });
    }

    private static string WriteCard(string? text = null)
    {
        string path = TestModels.PathOf($"{Guid.NewGuid():N}-card.json");
        File.WriteAllText(path, text ?? Card);
        return path;
    }

    private static JsonElement[] Lines(CliRun run) =>
        [.. run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
