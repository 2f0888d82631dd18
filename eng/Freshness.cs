namespace Minilm.Build;

/// <summary>Compares the times of files, where a build system cannot.</summary>
internal static class Freshness
{
    /// <summary>Whether anything at or below the paths was changed after the stamp was.</summary>
    public static bool IsNewer(string stamp, Repository repository, IEnumerable<string> paths)
    {
        DateTime made = File.GetLastWriteTimeUtc(stamp);
        return paths.Select(path => repository.PathOf(path)).Any(path => IsNewer(path, made)
            || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories).Any(entry => IsNewer(entry, made))));
    }

    private static bool IsNewer(string path, DateTime time) => File.GetLastWriteTimeUtc(path) > time;
}
