namespace Minilm.Tests.Support;

/// <summary>Real models and vocabularies that are not part of the repository: in MINILM_SHARED, or in ../shared/data beside the repository.</summary>
internal static class SharedFiles
{
    private static readonly string? Root = FindRoot();

    public static string Stories260K => Require("models/stories260K.gguf");

    /// <summary>Gets a file, or ends the test as skipped with the reason.</summary>
    public static string Require(string name)
    {
        if (Root is null)
        {
            Assert.Ignore("Shared test data was not found: set MINILM_SHARED, or put it into ../shared/data beside the repository.");
        }
        string path = Path.Combine(Root, name);
        if (!File.Exists(path))
        {
            Assert.Ignore($"Shared test data has no '{name}'.");
        }
        return path;
    }

    private static string? FindRoot()
    {
        if (Environment.GetEnvironmentVariable("MINILM_SHARED") is { Length: > 0 } named)
        {
            return new[] { named, Path.Combine(named, "data") }.FirstOrDefault(folder => Directory.Exists(Path.Combine(folder, "models")));
        }
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Minilm.sln")))
            {
                string data = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data"));
                return Directory.Exists(data) ? data : null;
            }
        }
        return null;
    }
}
