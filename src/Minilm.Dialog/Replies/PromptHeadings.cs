namespace Minilm.Dialog.Replies;

/// <summary>The headings of a text prompt's sections: prompts are written with them, and replies are cut at them.</summary>
internal static class PromptHeadings
{
    internal const string Personality = "Personality:";
    internal const string State = "State:";
    internal const string History = "Conversation so far:";
    internal const string Situation = "Situation:";
    internal const string Guidelines = "Guidelines:";
    internal const string Response = "Your response:";

    /// <summary>Tells whether a line is the heading of a section other than the response.</summary>
    /// <param name="line">The line.</param>
    /// <returns>True when it is.</returns>
    internal static bool StartsWithAny(ReadOnlySpan<char> line) =>
        line.StartsWith(Personality, StringComparison.Ordinal) || line.StartsWith(State, StringComparison.Ordinal)
        || line.StartsWith(History, StringComparison.Ordinal) || line.StartsWith(Situation, StringComparison.Ordinal)
        || line.StartsWith(Guidelines, StringComparison.Ordinal);
}
