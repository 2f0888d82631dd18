using System.Text.RegularExpressions;

namespace Minilm.Build;

/// <summary>'clean': deletes artifacts/ but for the program that runs, which build.sh deletes.</summary>
internal sealed partial class CleanCommand(Repository repository)
{
    public int Run()
    {
        using IDisposable testing = FolderLock.ForTesting(repository);
        using IDisposable building = FolderLock.ForBuilding(repository);
        if (HasMounts(Path.GetFullPath(repository.Artifacts)))
        {
            throw new BuildException($"something is mounted in {repository.Artifacts}: nothing was deleted");
        }
        Terminal.Say("Deleting artifacts/");
        if (Directory.Exists(repository.ArtifactOf("sysroot")) && Programs.Run(Programs.Command("bash", repository.PathOf("eng", "sysroot.sh"), "remove")) is int exitCode and not 0)
        {
            return exitCode;
        }
        string own = repository.ArtifactOf("eng");
        foreach (string folder in Directory.EnumerateDirectories(repository.Artifacts).Where(folder => folder != own))
        {
            Directory.Delete(folder, recursive: true);
        }
        foreach (string file in Directory.EnumerateFiles(repository.Artifacts))
        {
            File.Delete(file); // the locks too: who waits makes new ones
        }
        return 0;
    }

    /// <summary>Whether something is mounted at or below a folder. The kernel writes blanks in paths as octal numbers.</summary>
    private static bool HasMounts(string folder)
    {
        const string Mounts = "/proc/self/mountinfo";
        return File.Exists(Mounts) && File.ReadLines(Mounts)
            .Select(line => Octal().Replace(line.Split(' ')[4], number => ((char)Convert.ToInt32(number.Groups["digits"].Value, 8)).ToString()))
            .Any(path => $"{path}/".StartsWith($"{folder}/", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\\(?<digits>[0-7]{3})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Octal();
}
