
namespace Minilm.Tests.Dialog.Characters;

/// <summary>Files of cards: those of the shared collections, and those of this repository.</summary>
internal static class CardFiles
{
    private static readonly string[] Collections = ["minilm", "desktop-companion", "desktop-companion-escaped"];

    /// <summary>The paths of shared cards below their collections' folder; one null where there are none, for a test that is then skipped.</summary>
    public static IEnumerable<TestCaseData> Shared()
    {
        string? root = SharedRoot();
        string[] files = root is null ? [] : [.. Collections.Select(name => Path.Combine(root, name)).Where(Directory.Exists).SelectMany(Json)];
        return files.Length == 0
            ? [new TestCaseData((string?)null).SetArgDisplayNames("none")]
            : files.Select(file => new TestCaseData(file).SetArgDisplayNames(Path.GetRelativePath(root!, file)));
    }

    public static string OrSkip(string? file) => file ?? SkipShared();

    public static IEnumerable<TestCaseData> Own() =>
        Directory.Exists(OwnRoot)
            ? Directory.EnumerateFiles(OwnRoot, "character.json", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => new TestCaseData(file).SetArgDisplayNames(Path.GetFileName(Path.GetDirectoryName(file))!))
            : [];

    private static string OwnRoot => Repository.PathOf("assets/characters");

    private static string SkipShared()
    {
        TestData.Get("characters", "minilm", "assets", "characters", "default", "character.json");
        throw new IgnoreException("There are no shared cards.");
    }

    private static string? SharedRoot()
    {
        string? named = Environment.GetEnvironmentVariable("MINILM_SHARED");
        string[] candidates =
        [
            .. named is null ? Array.Empty<string>() : [Path.Combine(named, "characters"), Path.Combine(named, "data", "characters")],
            Repository.PathOf("../shared/data/characters"),
        ];
        return candidates.FirstOrDefault(Directory.Exists);
    }

    private static string[] Json(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
