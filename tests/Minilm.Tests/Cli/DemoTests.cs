using System.Text.Json;
using System.Text.RegularExpressions;
using Minilm.Dialog;

namespace Minilm.Tests.Cli;

/// <summary><c>minilm demo</c>, seen from outside, with the characters and the model that come with the program.</summary>
[TestFixture]
public sealed partial class DemoTests
{
    private static readonly string[] Characters = ["grout", "kazoo", "linden", "ottoline", "skitter", "thimble"];

    [Test]
    public async Task Demo_plays_a_scene_of_all_triggers_and_two_questions_where_nobody_types()
    {
        CliRun run = await CliRun.OfAsync("demo");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(run.Out, Does.StartWith("Minilm ").And.Contain("Linden").And.Contain("./build.sh run -- chat linden"));
            foreach (string trigger in DialogTriggers.All)
            {
                Assert.That(run.Out, Does.Match($@"\n  \({trigger}\) +\w.+[.!?]\n +\w+, \w+, \d+ ms, [\d,]+ tokens/s\n"));
            }
            Assert.That(Questions().Count(run.Out), Is.EqualTo(2));
            Assert.That(run.Error, Is.Empty);
        });
    }

    [Test]
    public async Task Every_character_plays_on_the_model_and_none_falls_back()
    {
        CliRun run = await CliRun.OfAsync("demo", "--character", "all", "--seed", "3", "--json");
        JsonElement[] replies = [.. run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(replies, Has.Length.EqualTo(Characters.Length * (DialogTriggers.All.Count + 2)));
            Assert.That(replies.Select(reply => reply.GetProperty("backend").GetString()), Has.All.EqualTo("llm"));
            Assert.That(replies.Select(reply => reply.GetProperty("model_backend").GetString()), Has.All.EqualTo("llama.cpp"));
            Assert.That(replies.Select(reply => reply.GetProperty("finish_reason").GetString()), Has.All.EqualTo("stop"));
        });
    }

    [Test]
    public async Task The_same_seed_plays_the_same_scene()
    {
        CliRun first = await CliRun.OfAsync("demo", "--character", "kazoo", "--seed", "5");
        CliRun second = await CliRun.OfAsync("demo", "--character", "Kazoo", "--seed", "5");

        Assert.That(Timing().Replace(first.Out, ""), Is.EqualTo(Timing().Replace(second.Out, "").Replace("chat Kazoo", "chat kazoo", StringComparison.Ordinal)));
    }

    [Test]
    public async Task Demo_holds_a_conversation_where_a_person_types()
    {
        CliRun run = await CliRun.OfAsync(["demo", "--character", "ottoline", "--user", "Sam"], "Hello!\n/trigger feed\n/quit\n"u8.ToArray(), onTerminal: true);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(run.Out, Does.Contain("/trigger NAME").And.Contain("Ottoline Quire:"));
            Assert.That(Answered().Count(run.Out), Is.EqualTo(2));
        });
    }

    [Test]
    public async Task Demo_names_the_characters_there_are()
    {
        CliRun run = await CliRun.OfAsync("demo", "--character", "bilbo");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("'bilbo'").And.Contain(string.Join(", ", Characters)));
    }

    [GeneratedRegex(@"\n  Ada +\w.*\?\n  \w+ +\w.+\n", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Questions();

    [GeneratedRegex(@"llm \(llama\.cpp\), animation ", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Answered();

    [GeneratedRegex(@"\d+ ms.*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Timing();
}
