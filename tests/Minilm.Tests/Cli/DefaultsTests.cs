using System.Globalization;
using System.Text.RegularExpressions;
using Minilm.Gguf;

namespace Minilm.Tests.Cli;

/// <summary>What <c>--help</c> says of a default is what runs: giving it changes nothing, and giving something else does.</summary>
public sealed partial class DefaultsTests
{
    // Defaults that are not one value.
    private static readonly string[] InWords = ["complete --seed", "chat --seed", "complete --template", "integrate --model"];

    private static readonly string LongText = string.Join(' ', Enumerable.Repeat("word", 4000));

    private static readonly Lazy<string> Wide = new(() => TestModels.Write("wide.gguf", RandomModelOptions.Tiny with { ContextLength = 4096 }));

    // Option, another value, a command line on which the two make a difference, and where the difference is seen.
    private static readonly Case[] Cases =
    [
        Complete("--max-tokens", "5"),
        Complete("--temperature", "0"),
        Complete("--top-k", "1"),
        Complete("--top-p", "0.05"),
        Complete("--min-p", "1"),
        new("complete", "--draft", "8", Json("timings", "drafted_tokens"), () => [TestModels.Tiny, "--prompt", "one two one two one two", "--temperature", "0", "--json", "--timings"]),
        new("complete", "--ctx", "1024", run => run.Error, () => [Wide.Value, "--prompt", LongText]),
        new("bench", "--n-prompt", "8", Json("prefill", "tokens"), () => [TestModels.Tiny, "--n-gen", "0", "--repetitions", "1", "--json"]),
        new("bench", "--n-gen", "8", Json("decode", "tokens"), () => [TestModels.Tiny, "--n-prompt", "0", "--repetitions", "1", "--json"]),
        new("bench", "--repetitions", "1", Json("repetitions"), () => [TestModels.Tiny, "--n-prompt", "1", "--n-gen", "0", "--json"]),
        new("bench", "--flash-attn", "on", Json("flash_attention"), () => [TestModels.Tiny, "--n-prompt", "1", "--n-gen", "0", "--json"]),
        new("perplexity", "--ctx", "256", run => run.Out, () => [TestModels.Tiny, "--file", LongFile()]),
        new("embed", "--ctx", "1024", run => run.Error, () => [Wide.Value, "--text", LongText]),
        new("embed", "--pooling", "last", run => run.Out, () => [TestModels.Tiny, "--text", "one two three"]),
        new("demo", "--character", "kazoo", WithoutTiming, () => ["--seed", "5"]),
        new("demo", "--seed", "5", WithoutTiming, () => []),
        new("chat", "--mood", "5", run => run.Out, () => ["linden", "--seed", "3", "--say", "How are you?", "--say", "Why?"]),
        new("integrate", "--match", "suffix", run => run.Out, () => [FolderOfCards(), "--dry-run"]),
    ];

    [TestCaseSource(nameof(Cases))]
    public async Task A_stated_default_is_what_runs(object sample)
    {
        Case it = (Case)sample;
        string stated = (await StatedAsync(it.Command))[it.Option];
        string[] arguments = it.Arguments();

        string silent = it.Look(await CliRun.OfAsync([it.Command, .. arguments]));
        string given = it.Look(await CliRun.OfAsync([it.Command, .. arguments, it.Option, ValueIn(stated)]));
        string other = it.Look(await CliRun.OfAsync([it.Command, .. arguments, it.Option, it.Other]));

        Assert.Multiple(() =>
        {
            Assert.That(silent, Is.Not.Empty);
            Assert.That(given, Is.EqualTo(silent), stated);
            Assert.That(other, Is.Not.EqualTo(silent), "another value makes a difference");
        });
    }

    [Test]
    public async Task Every_stated_default_is_checked()
    {
        List<string> stated = [];
        foreach (string command in CliCommands.All().Select(command => command.Name))
        {
            stated.AddRange((await StatedAsync(command)).Keys.Where(option => option != "--threads").Select(option => $"{command} {option}"));
        }

        Assert.That(stated, Is.EquivalentTo(Cases.Select(it => $"{it.Command} {it.Option}").Concat(InWords)));
    }

    [TestCase("--temperature", "general.sampling.temp", 0f)]
    [TestCase("--top-k", "general.sampling.top_k", 1)]
    [TestCase("--top-p", "general.sampling.top_p", 0.05f)]
    [TestCase("--min-p", "general.sampling.min_p", 1f)]
    public async Task A_default_that_the_models_file_recommends_is_what_runs(string option, string key, object value)
    {
        string model = TestModels.Write($"recommends{option}.gguf", RandomModelOptions.Tiny with { Metadata = new Dictionary<string, object> { [key] = value } });
        string[] arguments = ["complete", model, "--prompt", "Once", "--seed", "7"];
        string stated = (await StatedAsync("complete"))[option];

        CliRun silent = await CliRun.OfAsync(arguments);
        CliRun recommended = await CliRun.OfAsync([.. arguments, option, Convert.ToString(value, CultureInfo.InvariantCulture)!]);
        CliRun otherwise = await CliRun.OfAsync([.. arguments, option, ValueIn(stated)]);

        Assert.Multiple(() =>
        {
            Assert.That(stated, Does.StartWith("what the model's file recommends, else "));
            Assert.That(silent.Out, Is.EqualTo(recommended.Out).And.Not.EqualTo(otherwise.Out), silent.Error);
        });
    }

    [Test]
    public async Task The_physical_cores_compute_by_default()
    {
        CliRun run = await CliRun.OfAsync("bench", TestModels.Tiny, "--n-prompt", "1", "--n-gen", "0", "--repetitions", "1", "--json");

        Assert.That(run.Json.GetProperty("threads").GetInt32(), Is.EqualTo(LlamaModelOptions.DefaultThreads));
        foreach (string command in (string[])["complete", "bench", "perplexity", "embed", "quantize"])
        {
            Assert.That((await StatedAsync(command))["--threads"], Is.EqualTo("the number of physical cores"));
        }
    }

    [TestCase("complete")]
    [TestCase("chat")]
    public async Task A_seed_is_new_for_each_run_by_default(string command)
    {
        string[] arguments = command == "chat" ? ["chat", "linden", .. Enumerable.Repeat((string[])["--say", "Tell me a story"], 6).SelectMany(say => say)] : ["complete", TestModels.Tiny, "--prompt", "Once", "--temperature", "2"];
        CliRun first = await CliRun.OfAsync(arguments);
        CliRun second = await CliRun.OfAsync(arguments);

        Assert.That((await StatedAsync(command))["--seed"], Is.EqualTo("a new one for each run"));
        Assert.That(second.Out, Is.Not.EqualTo(first.Out));
    }

    private static Case Complete(string option, string other) =>
        new("complete", option, other, run => run.Out, () => [TestModels.Tiny, "--prompt", "Once upon a time", "--seed", "7"]);

    private static Func<CliRun, string> Json(params string[] path) =>
        run => path.Aggregate(run.Json, (element, name) => element.GetProperty(name)).GetRawText();

    private static string WithoutTiming(CliRun run) => Timing().Replace(run.Out, "");

    private static string LongFile()
    {
        string path = TestModels.PathOf("long.txt");
        File.WriteAllText(path, LongText);
        return path;
    }

    private static string FolderOfCards()
    {
        string folder = Directory.CreateDirectory(TestModels.PathOf("cards")).FullName;
        File.WriteAllText(Path.Combine(folder, "a.json"), """{ "name": "A", "dialogs": [] }""");
        File.WriteAllText(Path.Combine(folder, "character.json"), """{ "name": "B", "dialogs": [] }""");
        return folder;
    }

    /// <summary>Gets what a command's help states as default, by option.</summary>
    private static async Task<Dictionary<string, string>> StatedAsync(string command) =>
        Stated().Matches((await CliRun.OfAsync(command, "--help")).Out).ToDictionary(match => match.Groups["option"].Value, match => match.Groups["text"].Value);

    /// <summary>Gets the value in "2048, or …" and in "…, else 0.7".</summary>
    private static string ValueIn(string stated) => stated.Split("else ")[^1].Split(',')[0];

    [GeneratedRegex(@"^  (?<option>--[\w-]+).* Default: (?<text>.+)\.\s*$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stated();

    [GeneratedRegex(@"\d+ ms.*", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Timing();

    /// <summary>A command with an option that has a default.</summary>
    /// <param name="Command">The command.</param>
    /// <param name="Option">The option.</param>
    /// <param name="Other">A value that is not the default.</param>
    /// <param name="Look">Where a difference is seen.</param>
    /// <param name="Arguments">The rest of the command line.</param>
    private sealed record Case(string Command, string Option, string Other, Func<CliRun, string> Look, Func<string[]> Arguments)
    {
        public override string ToString() => $"{Command} {Option}";
    }
}
