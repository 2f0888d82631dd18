namespace Minilm.Companion.Grammar;

/// <summary>All that can be said, read from the folder <c>grammar</c>.</summary>
internal sealed class CompanionGrammar
{
    private readonly Voice[] _voices;

    private CompanionGrammar(string folder)
    {
        GrammarLine[] names = [.. GrammarLine.Read(Path.Combine(folder, "names.txt"))];
        Characters = [.. names.Where(line => line.Key == "character").SelectMany(line => line.Items())];
        People = [.. names.Where(line => line.Key == "person").SelectMany(line => line.Items())];
        PersonaLines = GrammarLine.Read(Path.Combine(folder, "personas.txt")).ToLookup(line => line.Condition.Length == 0 ? line.Key : $"{line.Key}/{line.Condition}", StringComparer.Ordinal);
        Words = GrammarLine.Read(Path.Combine(folder, "words.txt")).ToLookup(line => line.Key, StringComparer.Ordinal);
        foreach (GrammarLine line in GrammarLine.Read(Path.Combine(folder, "follow-ups.txt")))
        {
            FollowUps.Add(line);
        }
        Topics = [.. Files("topics").Select(path => Topic.Read(path, People))];
        Triggers = [.. Files("triggers").Select(path => Topic.Read(path, People))];
        _voices = [.. Temperaments.All.Select(temperament => Voice.Read(Path.Combine(folder, "voices", temperament.Key() + ".txt")))];

        IEnumerable<string> Files(string part) => Directory.EnumerateFiles(Path.Combine(folder, part), "*.txt").Order(StringComparer.Ordinal);
    }

    public IReadOnlyList<Topic> Topics { get; }

    public IReadOnlyList<Topic> Triggers { get; }

    /// <summary>Gets the names of characters.</summary>
    public IReadOnlyList<string> Characters { get; }

    /// <summary>Gets the names of users.</summary>
    public IReadOnlyList<string> People { get; }

    /// <summary>Gets what users say after any reply.</summary>
    public Phrasings FollowUps { get; } = new();

    /// <summary>Gets the lines about personas by their whole key.</summary>
    public ILookup<string, GrammarLine> PersonaLines { get; }

    /// <summary>Gets the parts that values and names are made up from.</summary>
    public ILookup<string, GrammarLine> Words { get; }

    /// <exception cref="GrammarException">A file cannot be used as it is; the message names the line.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CompanionGrammar Load(string folder) => new(folder);

    public Voice VoiceOf(Temperament temperament) => _voices[(int)temperament];
}
