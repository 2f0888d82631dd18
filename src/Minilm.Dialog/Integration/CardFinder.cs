using Minilm.Abstractions;

namespace Minilm.Dialog.Integration;

/// <summary>Finds files that may be cards.</summary>
internal static class CardFinder
{
    /// <summary>Gets the matching files below a folder, sorted by name, visiting each folder once; a folder that cannot be read is returned with the problem.</summary>
    public static IEnumerable<(string Path, string? Problem)> Find(string folder, CardMatch match)
    {
        return Walk(CharactersFolderOf(folder), IsMatch, new HashSet<string>(StringComparer.Ordinal));

        bool IsMatch(string name) => match == CardMatch.Suffix
            ? name.EndsWith("character.json", StringComparison.Ordinal)
            : name.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
    }

    private static string CharactersFolderOf(string folder) =>
        new[] { Path.Combine(folder, "characters"), Path.Combine(folder, "assets", "characters") }.FirstOrDefault(Directory.Exists) ?? folder;

    private static IEnumerable<(string Path, string? Problem)> Walk(string folder, Func<string, bool> isMatch, HashSet<string> visited)
    {
        if (!TryList(folder, visited, out string[] entries, out string? problem))
        {
            yield return (folder, problem);
        }
        foreach (string entry in entries)
        {
            string name = Path.GetFileName(entry);
            if (name.StartsWith('.'))
            {
                continue; // hidden: version control, and what an interrupted run leaves behind
            }
            if (Directory.Exists(entry))
            {
                foreach ((string, string?) file in Walk(entry, isMatch, visited))
                {
                    yield return file;
                }
            }
            else if (isMatch(name))
            {
                yield return (entry, null);
            }
        }
    }

    private static bool TryList(string folder, HashSet<string> visited, out string[] entries, out string? problem)
    {
        entries = [];
        problem = null;
        try
        {
            if (visited.Add(RealPath.Of(folder))) // a link to a parent folder must not lead into an endless loop
            {
                entries = Directory.GetFileSystemEntries(folder);
                Array.Sort(entries, StringComparer.Ordinal);
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"cannot read this folder: {e.Message}";
            return false;
        }
    }
}
