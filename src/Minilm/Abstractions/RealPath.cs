namespace Minilm.Abstractions;

/// <summary>Finds what is behind links, as the system does. <see cref="File.ResolveLinkTarget"/> takes a link in a linked folder, or one given by its bare name, for another.</summary>
internal static class RealPath
{
    private const int MostLinks = 40; // as in Linux

    /// <summary>Gets the full path without links. What is at its end need not exist.</summary>
    /// <exception cref="IOException">The links lead around in circles.</exception>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        int links = 0;
        return Follow(Path.GetPathRoot(full)!, full[Path.GetPathRoot(full)!.Length..]);

        string Follow(string real, string rest)
        {
            foreach (string part in rest.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
            {
                real = part switch
                {
                    "." => real,
                    ".." => Path.GetDirectoryName(real) ?? real,
                    _ => FollowLink(real, part),
                };
            }
            return real;
        }

        string FollowLink(string folder, string name)
        {
            string entry = Path.Combine(folder, name);
            if (new FileInfo(entry).LinkTarget is not { } target)
            {
                return entry;
            }
            if (++links > MostLinks)
            {
                throw new IOException($"the links at '{path}' lead around in circles; correct them, then try again");
            }
            string root = Path.GetPathRoot(target) ?? "";
            return Follow(root.Length > 0 ? root : folder, target[root.Length..]);
        }
    }
}
