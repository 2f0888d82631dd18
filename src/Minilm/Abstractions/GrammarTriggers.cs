namespace Minilm;

/// <summary>Says what a lazy grammar waits for (<see cref="LlamaSampler.AddLazyGrammar"/>): any of these.</summary>
public sealed record GrammarTriggers
{
    /// <summary>Gets texts, each as it is written. They may span tokens.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>
    /// Gets regular expressions, searched in what was generated so far. The grammar sees the text from the first group
    /// that took part, else from the beginning of the match. A subset whose cost is bounded: characters, escapes
    /// (<c>\n \r \t \d \w \s</c> and of punctuation), <c>.</c>, classes of ASCII characters, groups, <c>|</c>, <c>?</c>,
    /// <c>^</c> at the beginning, and repetitions <c>{n}</c> or <c>{n,m}</c> of a single character or class, up to 64 times.
    /// Together they may match in up to 5000 ways: each <c>?</c> and <c>|</c> doubles them, a repetition multiplies them by its range.
    /// </summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];

    /// <summary>Gets token ids, such as a control token for the beginning of a tool call. The grammar sees the token's text.</summary>
    public IReadOnlyList<int> Tokens { get; init; } = [];
}
