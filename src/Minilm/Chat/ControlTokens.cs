using System.Text;
using Minilm.Interop;

namespace Minilm.Chat;

/// <summary>The control tokens of a vocabulary by their spelling: what a chat template may mean when it writes one.</summary>
/// <remarks>
/// Some models mark their turns with tokens of the kind "user-defined", which libllama finds in any text. Those that a
/// template writes are markers, and are kept out of what people write (<see cref="MarkersIn"/>).
/// </remarks>
internal sealed class ControlTokens
{
    private readonly Dictionary<char, List<ControlToken>> _byFirstCharacter = [];
    private readonly List<string> _userDefined = [];

    public ControlTokens(LlamaVocab vocab)
    {
        for (int id = 0; id < vocab.Count; id++)
        {
            TokenAttributes attributes = vocab.GetAttributes(id);
            if ((attributes & TokenAttributes.UserDefined) != TokenAttributes.Undefined)
            {
                _userDefined.Add(Encoding.UTF8.GetString(vocab.GetPiece(id)));
            }
            if ((attributes & (TokenAttributes.Control | TokenAttributes.Unknown)) != TokenAttributes.Undefined && Encoding.UTF8.GetString(vocab.GetPiece(id)) is { Length: > 0 } text)
            {
                Add(new ControlToken(id, text, (attributes & TokenAttributes.StripsLeft) != TokenAttributes.Undefined, (attributes & TokenAttributes.StripsRight) != TokenAttributes.Undefined));
            }
        }
        foreach (List<ControlToken> tokens in _byFirstCharacter.Values)
        {
            tokens.Sort((x, y) => y.Text.Length - x.Text.Length); // the longest wins
        }
    }

    /// <summary>Finds the first control token in a text.</summary>
    /// <returns>Its position; −1 when there is none.</returns>
    public int Find(ReadOnlySpan<char> text, out ControlToken found)
    {
        for (int at = 0; at < text.Length; at++)
        {
            if (!_byFirstCharacter.TryGetValue(text[at], out List<ControlToken>? tokens))
            {
                continue;
            }
            foreach (ControlToken token in tokens)
            {
                if (text[at..].StartsWith(token.Text, StringComparison.Ordinal))
                {
                    found = token;
                    return at;
                }
            }
        }
        found = default;
        return -1;
    }

    /// <summary>Gets the user-defined tokens that a template writes, but for those of white space.</summary>
    public IReadOnlyList<string> MarkersIn(IReadOnlyList<PromptPart> parts) =>
        _userDefined.Count == 0 ? [] : [.. _userDefined.Where(text => !string.IsNullOrWhiteSpace(text) && text.Length > 1 && parts.Any(part => part.FromTemplate && part.Text.Contains(text, StringComparison.Ordinal)))];

    private void Add(ControlToken token)
    {
        if (!_byFirstCharacter.TryGetValue(token.Text[0], out List<ControlToken>? tokens))
        {
            _byFirstCharacter[token.Text[0]] = tokens = [];
        }
        tokens.Add(token);
    }
}

/// <summary>A control token.</summary>
/// <param name="Id">Its token id.</param>
/// <param name="Text">How it is spelled.</param>
/// <param name="StripsLeft">Whether it takes away the white space before it.</param>
/// <param name="StripsRight">Whether it takes away the white space after it.</param>
internal readonly record struct ControlToken(int Id, string Text, bool StripsLeft, bool StripsRight);
