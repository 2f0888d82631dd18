namespace Minilm.Tests.Cli;

[TestFixture]
public sealed class UsageTests
{
    private static IEnumerable<string> Names => CliCommands.All().Select(command => command.Name);

    private static IEnumerable<string[]> Numbers =>
        from command in CliCommands.All()
        from option in command.Options
        where option.GetType().Name.StartsWith("NumberOption", StringComparison.Ordinal)
        select (string[])[command.Name, option.Name];

    [TestCase("", "no command given")]
    [TestCase("sing", "sing")]
    [TestCase("complete", "--prompt or --prompt-file")]
    [TestCase("complete --prompt a", "'MODEL' missing")]
    [TestCase("complete m.gguf", "--prompt or --prompt-file")]
    [TestCase("complete m.gguf --prompt a --prompt-file b", "mutually exclusive")]
    [TestCase("complete m.gguf --prompt a --stream --no-stream", "mutually exclusive")]
    [TestCase("complete m.gguf --prompt", "--prompt")]
    [TestCase("complete m.gguf --prompt a --louder", "--louder")]
    [TestCase("complete m.gguf --prompt a --temperature -1", "--temperature is -1; it must be a number from 0 to 100")]
    [TestCase("complete m.gguf --prompt a --temperature NaN", "--temperature is NaN")]
    [TestCase("complete m.gguf --prompt a --temperature 0,7", "--temperature is 0,7")]
    [TestCase("complete m.gguf --prompt a --top-p 1.5", "--top-p is 1.5; it must be a number from 0 to 1")]
    [TestCase("complete m.gguf --prompt a --min-p -0.1", "--min-p is -0.1")]
    [TestCase("complete m.gguf --prompt a --top-k many", "--top-k is many")]
    [TestCase("complete m.gguf --prompt a --max-tokens 0", "--max-tokens is 0")]
    [TestCase("complete m.gguf --prompt a --max-tokens 99999999999", "--max-tokens is 99999999999")]
    [TestCase("complete m.gguf --prompt a --seed -1", "--seed is -1; it must be a number from 0 to 4294967295")]
    [TestCase("complete m.gguf --prompt a --timeout-ms 0", "--timeout-ms is 0")]
    [TestCase("complete m.gguf --prompt a --threads 0", "--threads is 0")]
    [TestCase("tokenize m.gguf", "--text or --file")]
    [TestCase("bench m.gguf --flash-attn maybe", "maybe")]
    [TestCase("bench m.gguf --n-prompt 0 --n-gen 0", "nothing to measure")]
    [TestCase("bench m.gguf --repetitions 0", "--repetitions is 0")]
    public async Task A_wrong_command_line_is_refused_in_one_line_with_exit_code_2(string commandLine, string reason)
    {
        CliRun run = await CliRun.OfAsync(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.Out, Is.Empty);
            Assert.That(run.Error, Does.StartWith("minilm: ").And.Contain(reason).And.Contain("--help"));
            Assert.That(run.Error.TrimEnd('\n'), Does.Not.Contain("\n"));
        });
    }

    [TestCaseSource(nameof(Numbers))]
    public async Task What_is_not_a_number_is_refused_with_the_range(string command, string option)
    {
        string[] input = command switch { "complete" => ["--prompt", "a"], "embed" => ["--text", "a"], _ => [] };
        CliRun run = await CliRun.OfAsync([command, .. input, option, "many"]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Match($"{option} is many; it must be a number from [0-9]+ to [0-9]+.* See 'minilm {command} --help'"));
    }

    [TestCaseSource(nameof(Names))]
    public async Task An_unknown_option_is_refused_by_each_command(string command)
    {
        CliRun run = await CliRun.OfAsync(command, "--no-such-option");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--no-such-option").And.Contain($"minilm {command} --help"));
    }

    [TestCase("complete", "", "--prompt", "a")]
    [TestCase("info", "")]
    [TestCase("complete", "m.gguf", "--prompt", "")]
    public async Task Empty_names_and_prompts_are_wrong_usage(params string[] args)
    {
        CliRun run = await CliRun.OfAsync(args);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("empty"));
    }

    [Test]
    public async Task An_empty_standard_input_is_not_a_prompt()
    {
        CliRun run = await CliRun.OfAsync(["complete", "m.gguf", "--prompt", "-"], stdin: "\n"u8.ToArray());

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("standard input is empty"));
    }

    [Test]
    public async Task Help_lists_commands_examples_and_exit_codes()
    {
        CliRun run = await CliRun.OfAsync("--help");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.Zero);
            foreach (string command in Names)
            {
                Assert.That(run.Out, Does.Contain($"  {command}").And.Contain($"  minilm {command}"));
            }
            Assert.That(run.Out, Does.Contain("130 interrupted"));
        });
    }

    [TestCaseSource(nameof(Names))]
    public async Task Every_command_has_help_with_examples_and_takes_json(string command)
    {
        CliRun run = await CliRun.OfAsync(command, "--help");

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Out, Does.Contain("--json").And.Contain($"Examples:\n  minilm {command}"));
    }

    [Test]
    public async Task Version_prints_a_version_and_nothing_else()
    {
        CliRun run = await CliRun.OfAsync("--version");

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Out, Does.Match(@"^\d+\.\d+\.\d+[-\w.]*\n$"));
    }

    [TestCase("complete", "--prompt", "a")]
    [TestCase("info")]
    [TestCase("tokenize", "--text", "a")]
    [TestCase("bench")]
    public async Task A_missing_model_is_named_in_one_line_with_exit_code_1(string command, params string[] options)
    {
        CliRun run = await CliRun.OfAsync([command, "/no/such/model.gguf", .. options]);

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(1));
            Assert.That(run.Out, Is.Empty);
            Assert.That(run.Error, Does.StartWith("minilm: ").And.Contain("/no/such/model.gguf"));
            Assert.That(run.Error.TrimEnd('\n'), Does.Not.Contain("\n"));
        });
    }

    [Test]
    public async Task An_error_cannot_steer_the_terminal()
    {
        CliRun run = await CliRun.OfAsync("info", "\u001b[2J\n.gguf");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Not.Contain("\u001b"));
    }
}
