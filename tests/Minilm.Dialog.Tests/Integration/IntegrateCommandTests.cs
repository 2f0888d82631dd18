using System.Text.Json;

namespace Minilm.Tests.Dialog.Integration;

public sealed class IntegrateCommandTests
{
    private const string Card = "{\n  \"name\": \"Fen\",\n  \"dialogs\": []\n}";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public async Task Integrate_prints_a_line_for_each_file_and_a_summary()
    {
        _folder.Write("a.json", Card);
        _folder.Write("b.json", "[]");

        CliRun run = await CliRun.OfAsync("integrate", _folder.Path);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero);
            Assert.That(run.Error, Is.Empty);
            Assert.That(run.Out.ReplaceLineEndings("\n"), Is.EqualTo($"""
                integrated         {_folder.PathOf("a.json")}: added dialogBackend (backup: a.json.bak)
                not a card         {_folder.PathOf("b.json")}: the root is an array, not an object

                integrated             1
                already integrated     0
                not a card             1
                failed                 0

                """));
        });
    }

    [TestCase("all", "ends in .json;")]
    [TestCase("suffix", "ends in character.json;")]
    public async Task Integrate_says_when_a_folder_has_nothing_to_look_at(string match, string message)
    {
        _folder.Write(match == "all" ? "a.txt" : "a.json", Card);

        CliRun run = await CliRun.OfAsync("integrate", _folder.Path, "--match", match);

        Assert.That((run.ExitCode, run.Error.Contains(message, StringComparison.Ordinal)), Is.EqualTo((0, true)));
    }

    [Test]
    public async Task Integrate_exits_with_2_when_a_file_failed_and_does_the_others()
    {
        _folder.Write("a.json", "");
        _folder.Write("b.json", Card);

        CliRun run = await CliRun.OfAsync("integrate", _folder.Path, "--json", "--no-backup");

        JsonElement[] files = [.. run.Json.GetProperty("files").EnumerateArray()];
        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(files.Select(file => file.GetProperty("verdict").GetString()), Is.EqualTo(new[] { "failed", "integrated" }));
            Assert.That(files[0].GetProperty("reason").GetString(), Is.EqualTo("the file is empty"));
            Assert.That(files[1].GetProperty("backup").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(files[1].TryGetProperty("diff", out _), Is.False);
            Assert.That(run.Json.EnumerateObject().Select(member => member.Name), Is.EqualTo(new[] { "files", "integrated", "already_integrated", "not_a_card", "failed" }));
        });
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Integrate_shows_a_diff_and_writes_nothing_in_a_dry_run(bool onTerminal)
    {
        string path = _folder.Write("a.json", Card);

        CliRun run = await CliRun.OfAsync(["integrate", path, "--dry-run"], onTerminal: onTerminal);

        Assert.Multiple(() =>
        {
            Assert.That(run.Out, Does.Contain($"+++ b/{path.TrimStart('/')}").And.Contain("@@ -1,4 +1,").And.Contain("-  \"dialogs\": []").And.Contain("+  \"dialogs\": [],").And.Contain("\\ No newline at end of file"));
            Assert.That(run.Out, Does.Contain("Nothing was written"));
            Assert.That(run.Out, onTerminal ? Does.Contain("Verdict") : Does.Not.Contain("\u001b"));
            Assert.That(File.ReadAllText(path), Is.EqualTo(Card));
        });
    }

    [Test]
    public async Task Integrate_lets_no_card_write_to_the_terminal()
    {
        string path = _folder.Write("a.json", "{\r\n\"name\": \"A\", \"dialogs\": \"\u009b31m\"\r\n}");

        CliRun run = await CliRun.OfAsync(["integrate", path, "--dry-run"], onTerminal: true);

        Assert.That(run.Out, Does.Not.Contain('\u009b').And.Contain("\uFFFD31m"));
    }

    [Test]
    public async Task Integrate_says_when_the_model_is_not_there_yet_and_names_it_all_the_same()
    {
        string path = _folder.Write("a.json", Card);

        CliRun run = await CliRun.OfAsync("integrate", path, "--model", _folder.PathOf("models/m.gguf"));

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero);
            Assert.That(run.Error, Does.Contain("m.gguf").And.Contain("no model file"));
            Assert.That(File.ReadAllText(path), Does.Contain("\"modelPath\": \"models/m.gguf\""));
        });
    }

    [TestCase("integrate")]
    [TestCase("integrate", "")]
    [TestCase("integrate", "/nowhere/at/all")]
    [TestCase("integrate", ".", "--match", "prefix")]
    [TestCase("integrate", ".", "--model", "")]
    public async Task Integrate_refuses_a_wrong_command_line(params string[] args)
    {
        CliRun run = await CliRun.OfAsync(args);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.Error, Does.StartWith("minilm: ").And.Contain("minilm integrate --help"));
        });
    }

    [Test]
    public async Task Integrate_lists_what_is_done_when_it_is_interrupted()
    {
        _folder.Write("a.json", Card);
        _folder.Write("b.json", Card);
        using CancellationTokenSource source = new();

        CliRun run = await CliRun.OfAsync(["integrate", _folder.Path], onOutput: source.Cancel, cancellationToken: source.Token);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(130));
            Assert.That(run.Error, Does.Contain("interrupted"));
            Assert.That(run.Out, Does.Contain("integrated             1"));
            Assert.That(File.ReadAllText(_folder.PathOf("b.json")), Is.EqualTo(Card));
        });
    }

    [Test]
    public async Task Integrate_shows_its_default_model_path_and_exit_code_in_its_help()
    {
        CliRun run = await CliRun.OfAsync("integrate", "--help");

        Assert.That(run.Out, Does.Contain("minilm-companion.gguf").And.Contain("Exit code 2").And.Contain("minilm integrate assets --dry-run"));
    }
}
