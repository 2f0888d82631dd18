namespace Minilm.Gguf;

/// <summary>The files of a model.</summary>
internal static class GgufParts
{
    /// <summary>Reads the headers of all parts of a validated model: itself, when it is whole.</summary>
    /// <exception cref="GgufException">A part is missing or damaged.</exception>
    public static IEnumerable<GgufFile> Of(GgufFile first)
    {
        yield return first;
        int count = first.Facts.SplitCount;
        if (first.Path is not { } path || !path.EndsWith(GgufSplitRules.Suffix(0, count), StringComparison.Ordinal))
        {
            yield break;
        }
        string prefix = path[..^GgufSplitRules.Suffix(0, count).Length];
        for (int number = 1; number < count; number++)
        {
            yield return GgufFile.Read(prefix + GgufSplitRules.Suffix(number, count));
        }
    }
}
