using System.Text;

namespace Minilm;

/// <summary>How likely a token was, as the model computed it: before temperature, penalties, grammar and other samplers.</summary>
/// <param name="Token">The token id.</param>
/// <param name="Bytes">The bytes that it stands for; a part of a character is possible, and control tokens are spelled out.</param>
/// <param name="LogProbability">The natural logarithm of its probability.</param>
public sealed record TokenLogProbability(int Token, ReadOnlyMemory<byte> Bytes, float LogProbability)
{
    /// <summary>Gets the most likely tokens at this position, the likeliest first; as many as <see cref="CompletionOptions.LogProbabilities"/> asks for.</summary>
    public IReadOnlyList<TokenLogProbability> Top { get; init; } = [];

    /// <summary>Gets the bytes as text; U+FFFD where they are part of a character.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}
