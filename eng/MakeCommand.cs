namespace Minilm.Build;

/// <summary>'make', for build.sh alone: makes what 'run' or 'exec' needs, and leaves the stamp that build.sh compares with the sources.</summary>
internal sealed class MakeCommand(Repository repository, NativeLibraries natives, ManagedBuild managed)
{
    public int Run(string[] arguments)
    {
        string stamp = repository.ArtifactOf($".made-{arguments[0]}");
        Directory.CreateDirectory(repository.Artifacts);
        DateTime start = DateTime.UtcNow;
        natives.Require(announce: false);
        if (arguments[0] == "run")
        {
            managed.Build("Minilm.Cli", "src/Minilm.Cli");
        }
        File.WriteAllBytes(stamp, []);
        File.SetLastWriteTimeUtc(stamp, start); // what changed meanwhile is newer
        return 0;
    }
}
