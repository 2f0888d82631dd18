using System.Text.RegularExpressions;

namespace Minilm.Tests.Samples;

/// <summary>README.md says what runs: its samples are regions of tests, its errors are what the command prints.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = Read("README.md");
    private static readonly string Samples = Read("tests/Minilm.Tests/Samples/ReadmeSamples.cs");

    [Test]
    public void Samples_are_regions_of_tests()
    {
        Match[] blocks = [.. CSharpBlock().Matches(Readme).Cast<Match>()];

        Assert.That(blocks, Has.Length.EqualTo(Readme.Split("```csharp").Length - 1), "every C# block names its sample");
        foreach (Match block in blocks)
        {
            string name = block.Groups["name"].Value;
            Match region = Regex.Match(Samples, $@"#region {name}\n(?<code>.*?)\n *#endregion", RegexOptions.Singleline);
            string code = Regex.Replace(block.Groups["code"].Value, @"^using Minilm;\n\n", "");
            string indented = Regex.Replace(region.Groups["code"].Value, "^        ", "", RegexOptions.Multiline);

            Assert.That(indented, Is.EqualTo(code), $"sample '{name}'");
        }
    }

    [Test]
    public async Task Errors_are_what_the_command_prints()
    {
        string folder = Path.GetDirectoryName(TestModels.Tiny)!;
        await File.WriteAllBytesAsync(Path.Combine(folder, "photo.gguf"), [0x50, 0x4B, 3, 4, .. new byte[26]]);
        string[][] commands =
        [
            ["complete", "photo.gguf", "--prompt", "hi"],
            ["complete", "nope.gguf", "--prompt", "hi"],
            ["complete", "tiny.gguf", "--prompt", "hi", "--ctx", "4096"],
            ["complete", "tiny.gguf", "--prompt", "hi", "--top-p", "3"],
        ];
        var printed = new List<string>();
        foreach (string[] command in commands)
        {
            CliRun run = await CliRun.OfAsync([command[0], Path.Combine(folder, command[1]), .. command[2..]]);
            printed.Add(run.Error.Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal).TrimEnd());
        }

        Assert.That(printed, Is.EqualTo(ErrorBlock().Match(Readme).Groups["lines"].Value.Split('\n')));
    }

    private static string Read(string path) => File.ReadAllText(Repository.PathOf(path)).ReplaceLineEndings("\n");

    [GeneratedRegex("<!-- sample: (?<name>[a-z-]+) -->\n```csharp\n(?<code>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("<!-- errors -->\n```text\n(?<lines>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex ErrorBlock();
}
