namespace Minilm.Dialog.Backends;

/// <summary>The lines of last resort, when no backend has anything to say.</summary>
internal static class FallbackLines
{
    /// <summary>Gets lines that suit any character and any situation.</summary>
    public static IReadOnlyList<string> ForAnyone { get; } =
    [
        "Give me a moment, my thoughts are elsewhere.",
        "Hm, I had something to say just now.",
        "I am here. Words come slowly today.",
    ];

    /// <summary>Picks a line, a different one each turn, from the first list that has any; else from <see cref="ForAnyone"/>.</summary>
    public static string Pick(int turn, params ReadOnlySpan<IReadOnlyList<string>?> lists)
    {
        foreach (IReadOnlyList<string>? lines in lists)
        {
            for (int i = 0; i < lines?.Count; i++)
            {
                if (lines[(int)(((uint)turn + (uint)i) % (uint)lines.Count)] is { } line && !string.IsNullOrWhiteSpace(line))
                {
                    return line;
                }
            }
        }
        return ForAnyone[(int)((uint)turn % (uint)ForAnyone.Count)];
    }
}
