using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands.Chat;

/// <summary>The characters that come with the program, and the model they speak with.</summary>
internal static class BuiltInCharacters
{
    /// <summary>The character that speaks when none is named.</summary>
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
            throw new UsageException($"the built-in characters are missing: there is no folder '{Folder}'. Copy the folder 'assets' along with the program, or pass a card: minilm chat CARD");
        }
    }

    /// <summary>Finds the card that a user means: a file, or a built-in character's name; the default's when none is named.</summary>
    /// <exception cref="UsageException">None is named, and the program was copied without its characters.</exception>
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
