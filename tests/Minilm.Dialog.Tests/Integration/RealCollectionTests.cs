using System.Text;
using System.Text.Json;
using Minilm.Dialog.Integration;

namespace Minilm.Tests.Dialog.Integration;

/// <summary>Copies of the real collections, through the command.</summary>
public sealed class RealCollectionTests
{
    private static readonly string[] AnyCard = ["assets", "characters", "default", "character.json"];

    [TestCase("minilm", 13, 2, 1)]
    [TestCase("desktop-companion", 16, 2, 0)]
    [TestCase("desktop-companion-escaped", 9, 0, 0)]
    public async Task Integrate_damages_no_file_and_a_second_run_changes_nothing(string collection, int integrated, int notCards, int failed)
    {
        using TemporaryFolder folder = Copy(collection);
        Dictionary<string, byte[]> old = Read(folder);
        int exitCode = failed > 0 ? 2 : 0;

        CliRun first = await CliRun.OfAsync("integrate", folder.Path, "--no-backup", "--json");
        Dictionary<string, byte[]> once = Read(folder);
        CliRun second = await CliRun.OfAsync("integrate", folder.Path, "--json");
        Dictionary<string, byte[]> twice = Read(folder);

        Assert.Multiple(() =>
        {
            Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((exitCode, exitCode)));
            Assert.That(Counts(first), Is.EqualTo((integrated, 0, notCards, failed)));
            Assert.That(Counts(second), Is.EqualTo((0, integrated, notCards, failed)));
            Assert.That(first.Json.GetProperty("files").GetArrayLength(), Is.EqualTo(old.Count));
            Assert.That(twice, Is.EqualTo(once));
            Assert.That(once.Keys, Is.EquivalentTo(old.Keys));
        });
        foreach (JsonElement file in first.Json.GetProperty("files").EnumerateArray())
        {
            string path = file.GetProperty("path").GetString()!;
            string verdict = file.GetProperty("verdict").GetString()!;
            Assert.That(IsSubsequence(old[path], once[path]), path);
            Assert.That(once[path].SequenceEqual(old[path]), Is.EqualTo(verdict != "integrated"), path);
            Assert.That(verdict == "failed", Is.EqualTo(old[path].Length == 0), path);
            if (verdict == "integrated")
            {
                using JsonDocument card = JsonDocument.Parse(once[path]);
                Assert.That(card.RootElement.GetProperty("dialogBackend").GetProperty("backends").GetProperty("llm").GetProperty("markov_chain").GetProperty("trainingData").GetArrayLength(), Is.EqualTo(5), path);
                Assert.That(Ascii.IsValid(once[path]), Is.EqualTo(Ascii.IsValid(old[path])), path);
            }
        }
    }

    [Test]
    public async Task Integrate_with_match_suffix_judges_as_the_predecessors_filter_did()
    {
        using TemporaryFolder folder = Copy("minilm");

        CliRun run = await CliRun.OfAsync("integrate", folder.Path, "--match", "suffix", "--json");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(
                run.Json.GetProperty("files").EnumerateArray().Select(file => Path.GetRelativePath(folder.PathOf("assets/characters"), file.GetProperty("path").GetString()!).Replace('\\', '/') + " " + file.GetProperty("verdict").GetString()),
                Is.EqualTo(new[]
                {
                    "challenge/character.json integrated",
                    "default/character.json integrated",
                    "easy/character.json integrated",
                    "examples/shy_markov_character.json integrated",
                    "flirty/character.json integrated",
                    "markov_example/character.json integrated",
                    "romance/character.json integrated",
                    "romance_flirty/character.json failed",
                    "slow_burn/character.json integrated",
                }));
        });
    }

    [TestCase("minilm")]
    [TestCase("desktop-companion")]
    [TestCase("desktop-companion-escaped")]
    public async Task Activate_asks_the_model_first_on_every_card(string collection)
    {
        using TemporaryFolder folder = Copy(collection);
        await CliRun.OfAsync("integrate", folder.Path, "--no-backup");

        CliRun activated = await CliRun.OfAsync("integrate", folder.Path, "--activate", "--json");
        CliRun again = await CliRun.OfAsync("integrate", folder.Path, "--activate", "--json");

        Assert.That(again.Json.GetProperty("integrated").GetInt32(), Is.Zero);
        foreach (JsonElement file in activated.Json.GetProperty("files").EnumerateArray().Where(file => file.GetProperty("verdict").GetString() is "integrated" or "already_integrated"))
        {
            using JsonDocument card = JsonDocument.Parse(await File.ReadAllBytesAsync(file.GetProperty("path").GetString()!));
            JsonElement backend = card.RootElement.GetProperty("dialogBackend");
            Assert.That(backend.GetProperty("defaultBackend").GetString(), Is.EqualTo("llm"));
            Assert.That(backend.GetProperty("fallbackChain").GetRawText(), Does.StartWith("[").And.Contain("\"markov_chain\"").And.Not.Contain("\"llm\""));
        }
    }

    [TestCase("minilm")]
    [TestCase("desktop-companion-escaped")]
    public async Task Dry_run_shows_a_diff_that_leads_to_what_a_real_run_writes(string collection)
    {
        using TemporaryFolder folder = Copy(collection);
        Dictionary<string, byte[]> old = Read(folder);

        CliRun dry = await CliRun.OfAsync("integrate", folder.Path, "--dry-run", "--activate", "--json");
        Assert.That(Read(folder), Is.EqualTo(old));
        await CliRun.OfAsync("integrate", folder.Path, "--activate", "--no-backup");

        int diffs = 0;
        foreach (JsonElement file in dry.Json.GetProperty("files").EnumerateArray())
        {
            if (file.TryGetProperty("diff", out JsonElement diff))
            {
                diffs++;
                string path = file.GetProperty("path").GetString()!;
                Assert.That(Patch.Apply(Encoding.UTF8.GetString(old[path]), diff.GetString()!), Is.EqualTo(await File.ReadAllTextAsync(path)), path);
            }
        }
        Assert.That(diffs, Is.EqualTo(dry.Json.GetProperty("integrated").GetInt32()).And.GreaterThan(5));
    }

    private static (int, int, int, int) Counts(CliRun run) =>
        (run.Json.GetProperty("integrated").GetInt32(), run.Json.GetProperty("already_integrated").GetInt32(), run.Json.GetProperty("not_a_card").GetInt32(), run.Json.GetProperty("failed").GetInt32());

    private static TemporaryFolder Copy(string collection)
    {
        string source = Path.GetFullPath(Path.Combine(TestData.Get(["characters", collection, .. AnyCard]), "../../../.."));
        TemporaryFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(source, "*.json", SearchOption.AllDirectories))
        {
            string target = folder.PathOf(Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, File.ReadAllBytes(file)); // not copied: the copy would be read-only as well
        }
        return folder;
    }

    private static Dictionary<string, byte[]> Read(TemporaryFolder folder) => folder.Files().ToDictionary(folder.PathOf, file => File.ReadAllBytes(folder.PathOf(file)), StringComparer.Ordinal);

    private static bool IsSubsequence(byte[] part, byte[] whole)
    {
        int found = 0;
        foreach (byte b in whole)
        {
            found += found < part.Length && part[found] == b ? 1 : 0;
        }
        return found == part.Length;
    }
}
