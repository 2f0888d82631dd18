namespace Minilm.Companion.Grammar;

/// <summary>What a temperament puts around any reply.</summary>
internal sealed class Voice
{
    private readonly Dictionary<string, List<Pattern>> _lines = new(StringComparer.Ordinal);

    public static Voice Read(string path)
    {
        var voice = new Voice();
        foreach (GrammarLine line in GrammarLine.Read(path).Where(line => line.Key != "voice"))
        {
            if (line.Key is not ("close" or "address"))
            {
                throw line.Error($"unknown key '{line.Key}'");
            }
            string key = line.Condition.Length == 0 ? line.Key : $"{line.Key}/{line.Condition}";
            if (!voice._lines.TryGetValue(key, out List<Pattern>? patterns))
            {
                voice._lines.Add(key, patterns = []);
            }
            patterns.Add(line.Pattern());
        }
        return voice;
    }

    /// <summary>Gets the lines of a key such as <c>close/happy</c>; empty when there are none.</summary>
    public IReadOnlyList<Pattern> this[string key] => _lines.TryGetValue(key, out List<Pattern>? patterns) ? patterns : [];

    /// <summary>Gets the closing sentences of all moods, times and relationships.</summary>
    public IEnumerable<Pattern> Closings => _lines.Where(lines => lines.Key.StartsWith("close", StringComparison.Ordinal)).SelectMany(lines => lines.Value);

    public double Count => _lines.Values.Sum(patterns => patterns.Sum(pattern => pattern.Count(_ => 1)));
}
