namespace Minilm.Testing;

/// <summary>
/// Files that do not belong to the repository: real models and vocabularies in the folder that the environment
/// variable MINILM_SHARED names, or in ../shared/data beside the repository. Tests without them are skipped.
/// </summary>
public static class TestData
{
    private static readonly string? Folder = Find();

    public static string Stories260K => Get("models", "stories260K.gguf");

    /// <summary>The path of a file, or the end of the test, with the reason.</summary>
    public static string Get(params string[] parts)
    {
        if (Folder is null)
        {
            Assert.Ignore("There are no shared test files: MINILM_SHARED is not set, and ../shared/data is not beside the repository.");
        }

        string path = Path.Combine([Folder!, .. parts]);
        if (!File.Exists(path))
        {
            Assert.Ignore($"The shared test file '{path}' is not there.");
        }

        return path;
    }

    private static string? Find()
    {
        List<string?> candidates = [];
        if (Environment.GetEnvironmentVariable("MINILM_SHARED") is { Length: > 0 } shared)
        {
            candidates.AddRange([shared, Path.Combine(shared, "data")]);
        }

        candidates.Add(Repository.PathOf("../shared/data"));
        return candidates.Find(folder => Directory.Exists(Path.Combine(folder!, "models")));
    }
}
