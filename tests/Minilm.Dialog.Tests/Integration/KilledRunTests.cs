using System.Diagnostics;
using System.Text;
using Minilm.Cli;
using Minilm.Dialog.Integration;

namespace Minilm.Tests.Dialog.Integration;

/// <summary>A real process that is killed while it writes.</summary>
public sealed class KilledRunTests
{
    private const int Cards = 24;

    [Test]
    public async Task A_killed_run_leaves_each_file_old_or_new_and_the_next_one_completes()
    {
        byte[] old = BigCard();
        byte[] complete = new CardIntegrator().Plan(old).Result.ToArray();
        int untouched = 0;
        int changed = 0;
        int interruptedWrites = 0;
        for (int round = 0; round < 8; round++)
        {
            using TemporaryFolder folder = new();
            for (int i = 0; i < Cards; i++)
            {
                File.WriteAllBytes(folder.PathOf($"{i:00}.json"), old);
            }

            await KillAsync(folder, round);

            foreach (string card in folder.Files().Where(file => file.EndsWith(".json", StringComparison.Ordinal)))
            {
                byte[] now = File.ReadAllBytes(folder.PathOf(card));
                bool isNew = now.SequenceEqual(complete);
                Assert.That(isNew || now.SequenceEqual(old), $"round {round}: {card} is neither old nor new");
                untouched += isNew ? 0 : 1;
                changed += isNew ? 1 : 0;
            }
            AssertBackups(folder, old);
            interruptedWrites += folder.Files().Count(file => file.EndsWith(".tmp", StringComparison.Ordinal));

            using Process second = Start(folder);
            await second.StandardOutput.ReadToEndAsync().Within("the second run");
            await second.WaitForExitAsync().Within("the second run");
            Assert.That(second.ExitCode, Is.Zero);
            Assert.That(folder.Files().Where(file => file.EndsWith(".json", StringComparison.Ordinal)).Select(file => File.ReadAllBytes(folder.PathOf(file)).SequenceEqual(complete)), Has.Exactly(Cards).True);
            AssertBackups(folder, old);
        }
        TestContext.Out.WriteLine($"{untouched} cards as before, {changed} complete, {interruptedWrites} temporary files left behind");
        Assert.That((untouched > 0, changed > 0), Is.EqualTo((true, true)), "no run was killed in the middle");
    }

    /// <summary>Kills a run in the middle of a card: by turns while its backup is written, and between the backup and the card.</summary>
    private static async Task KillAsync(TemporaryFolder folder, int round)
    {
        using Process run = Start(folder);
        for (int lines = 0; lines < round; lines++)
        {
            Assert.That(await run.StandardOutput.ReadLineAsync().Within("a line of the run"), Does.StartWith("integrated "));
        }
        await Task.Run(() => SpinWait.SpinUntil(() => run.HasExited || (round % 2 == 0 ? Count(".*.tmp") > 0 : Count("*.bak") > round))).Within("the run");
        run.Kill();
        await run.WaitForExitAsync().Within("the killed run");

        int Count(string pattern) => Directory.EnumerateFiles(folder.Path, pattern, SearchOption.TopDirectoryOnly).Count();
    }

    private static void AssertBackups(TemporaryFolder folder, byte[] old)
    {
        foreach (string backup in folder.Files().Where(file => file.Contains(".bak", StringComparison.Ordinal) && !file.EndsWith(".tmp", StringComparison.Ordinal)))
        {
            Assert.That(File.ReadAllBytes(folder.PathOf(backup)).SequenceEqual(old), $"{backup} is not the old file");
        }
    }

    private static Process Start(TemporaryFolder folder) => Process.Start(new ProcessStartInfo(DotnetHost(), [typeof(CliApp).Assembly.Location, "integrate", folder.Path]) { RedirectStandardOutput = true, UseShellExecute = false })!;

    private static string DotnetHost() =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? host : "dotnet";

    private static byte[] BigCard()
    {
        StringBuilder card = new("{\n  \"name\": \"Big\",\n  \"dialogs\": [],\n  \"notes\": [\n");
        for (int i = 0; i < 20_000; i++)
        {
            card.Append("    \"line ").Append(i).Append(" of a card that takes a while to write\",\n");
        }
        return Encoding.UTF8.GetBytes(card.Append("    1.0\n  ]\n}\n").ToString());
    }
}
