namespace Minilm.Companion.Grammar;

/// <summary>A line of a file of the grammar.</summary>
/// <param name="Place">File and line, for errors.</param>
/// <param name="Key">What it begins with, without the condition.</param>
/// <param name="Condition">What follows a slash in the key; empty when there is none.</param>
/// <param name="Value">The rest.</param>
internal sealed record GrammarLine(string Place, string Key, string Condition, string Value)
{
    public static IEnumerable<GrammarLine> Read(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }
            int blank = text.IndexOf(' ', StringComparison.Ordinal);
            string key = blank < 0 ? text : text[..blank];
            int slash = key.IndexOf('/', StringComparison.Ordinal);
            yield return new GrammarLine(
                $"{Path.GetFileName(Path.GetDirectoryName(path))}/{Path.GetFileName(path)}:{number}",
                slash < 0 ? key : key[..slash],
                slash < 0 ? "" : key[(slash + 1)..],
                blank < 0 ? "" : text[(blank + 1)..].Trim());
        }
    }

    /// <summary>Splits a value at its bars: a list.</summary>
    public IEnumerable<string> Items() => Value.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <exception cref="GrammarException">The value is no pattern.</exception>
    public Pattern Pattern()
    {
        try
        {
            return Grammar.Pattern.Parse(Value);
        }
        catch (GrammarException e)
        {
            throw Error(e.Message);
        }
    }

    public GrammarException Error(string problem) => new($"{Place}: {problem}");
}
