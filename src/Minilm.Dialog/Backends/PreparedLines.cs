namespace Minilm.Dialog.Backends;

/// <summary>What is said when nothing better is to be had.</summary>
internal static class PreparedLines
{
    /// <summary>Gets lines that fit any character and any situation.</summary>
    public static IReadOnlyList<string> ForAnyone { get; } =
    [
        "Give me a moment, my thoughts are elsewhere.",
        "Hm, I had something to say just now.",
        "I am here. Words come slowly today.",
    ];

    /// <summary>Gets one line after the other.</summary>
    public static string Pick(IReadOnlyList<string> lines, int turn) => lines[(int)((uint)turn % (uint)lines.Count)];
}
