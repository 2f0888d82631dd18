namespace Minilm.Engine;

/// <summary>
/// Guesses the next tokens by looking up what followed the last few tokens when they were seen before (prompt lookup,
/// as in llama.cpp's lookup example). Costs no model, and pays where a completion repeats its prompt or itself.
/// </summary>
internal sealed class PromptLookup : IDraft
{
    public static readonly PromptLookup Instance = new();

    private const int LongestMatch = 4;
    private const int ShortestMatch = 2;

    public int Draft(ReadOnlySpan<int> seen, Span<int> draft)
    {
        for (int length = Math.Min(LongestMatch, seen.Length - 1); length >= ShortestMatch && !draft.IsEmpty; length--)
        {
            ReadOnlySpan<int> last = seen[^length..];
            int at = seen[..^1].LastIndexOf(last);
            if (at >= 0)
            {
                ReadOnlySpan<int> following = seen[(at + length)..];
                for (int i = 0; i < draft.Length; i++)
                {
                    draft[i] = i < following.Length ? following[i] : draft[i - following.Length]; // what repeats goes on repeating
                }
                return draft.Length;
            }
        }
        return 0;
    }
}
