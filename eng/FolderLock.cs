namespace Minilm.Build;

/// <summary>Keeps other build.sh of this folder waiting. Who takes both takes the one for tests first.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until nobody else builds in artifacts/.</summary>
    public static IDisposable ForBuilding(Repository repository) => Take(repository, "setup");

    /// <summary>Waits until nobody else runs tests: coverage rewrites the assemblies under test, and a build would do so while they run.</summary>
    public static IDisposable ForTesting(Repository repository) => Take(repository, "test");

    private static FileStream Take(Repository repository, string name)
    {
        string path = repository.ArtifactOf($".{name}.lock");
        for (int attempts = 0; ; attempts++)
        {
            Directory.CreateDirectory(repository.Artifacts);
            try
            {
                var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None); // flock on Unix
                if (File.Exists(path))
                {
                    return stream;
                }
                stream.Dispose(); // 'clean' has removed it meanwhile
            }
            catch (IOException) when (File.Exists(path))
            {
                if (attempts == 0)
                {
                    Terminal.Say("Waiting for another build.sh in this folder");
                }
                Thread.Sleep(Interval);
            }
        }
    }
}
