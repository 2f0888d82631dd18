namespace Minilm.Cli.Commands.Chat;

/// <summary>The characters, and the model they speak with, that come with the program.</summary>
internal static class BuiltInCharacters
{
    /// <summary>Who speaks where nobody is asked for.</summary>
    public const string Default = "linden";

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "assets", "characters");

    /// <summary>Gets the names in alphabetical order; none where the program was copied without its folder <c>assets</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = Directory.Exists(Folder)
        ? [.. Directory.EnumerateDirectories(Folder).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)]
        : [];

    /// <exception cref="UsageException">The program was copied without its characters.</exception>
    public static void Require()
    {
        if (Names.Count == 0)
        {
            throw new UsageException($"the characters are missing: there is no folder '{Folder}'. Copy the folder 'assets' together with the program, or name a card: minilm chat CARD");
        }
    }

    /// <summary>Finds the card that a user means: a file, or a built-in character's name; the default's where nobody is named.</summary>
    /// <exception cref="UsageException">Nobody is named, and the program was copied without its characters.</exception>
    public static string Find(string? pathOrName)
    {
        if (pathOrName is null)
        {
            Require();
            return CardOf(Default);
        }
        bool isName = !File.Exists(pathOrName) && Names.Contains(pathOrName, StringComparer.OrdinalIgnoreCase);
        return isName ? CardOf(pathOrName) : pathOrName;
    }

    /// <summary>Gets the path of a built-in character's card.</summary>
    public static string CardOf(string name) => Path.Combine(Folder, name.ToLowerInvariant(), "character.json");
}
