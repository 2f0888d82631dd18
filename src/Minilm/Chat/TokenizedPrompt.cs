using System.Buffers;
using System.Text;

namespace Minilm.Chat;

/// <summary>The tokens of a prompt, in a buffer of the pool.</summary>
internal sealed class TokenizedPrompt : IDisposable
{
    private readonly LlamaVocab _vocab;
    private int[] _tokens = [];

    private TokenizedPrompt(LlamaVocab vocab) => _vocab = vocab;

    public int Count { get; private set; }

    public ReadOnlySpan<int> Span => _tokens.AsSpan(0, Count);

    /// <summary>Tokenizes a text.</summary>
    /// <param name="vocab">The vocabulary.</param>
    /// <param name="prompt">The text.</param>
    /// <param name="addSpecial">Adds the special tokens that the model wants around a prompt.</param>
    /// <param name="parseSpecial">Takes control tokens spelled out in the text as such.</param>
    public static TokenizedPrompt Of(LlamaVocab vocab, string prompt, bool addSpecial, bool parseSpecial)
    {
        var tokens = new TokenizedPrompt(vocab);
        try
        {
            tokens.Append(prompt, addSpecial, parseSpecial);
            return tokens;
        }
        catch
        {
            tokens.Dispose();
            throw;
        }
    }

    /// <summary>Tokenizes what a chat template made, as libllama would if messages could spell no control token.</summary>
    public static TokenizedPrompt Of(LlamaVocab vocab, ControlTokens control, IReadOnlyList<PromptPart> parts)
    {
        var tokens = new TokenizedPrompt(vocab);
        try
        {
            if (vocab is { AddsBeginningOfText: true, BeginningOfText: { } beginning })
            {
                tokens.Append(beginning);
            }
            IReadOnlyList<string> markers = control.MarkersIn(parts);
            StringBuilder text = new();
            bool stripLeft = false;
            foreach (PromptPart part in parts)
            {
                ReadOnlySpan<char> rest = part.Text;
                while (part.FromTemplate && control.Find(rest, out ControlToken token) is >= 0 and int at)
                {
                    text.Append(rest[..at]);
                    tokens.AppendText(text, stripLeft, token.StripsLeft);
                    if (tokens.Count != 1 || token.Id != tokens._tokens[0] || token.Id != vocab.BeginningOfText) // some templates write the first one themselves
                    {
                        tokens.Append(token.Id);
                    }
                    stripLeft = token.StripsRight;
                    rest = rest[(at + token.Text.Length)..];
                }
                while (!part.FromTemplate && EndOfMarkersFirstCharacter(rest, markers) is > 0 and var cut)
                {
                    text.Append(rest[..cut]);
                    tokens.AppendText(text, stripLeft, stripRight: false); // in two halves, which libllama does not join
                    stripLeft = false;
                    rest = rest[cut..];
                }
                text.Append(rest);
            }
            tokens.AppendText(text, stripLeft, stripRight: false);
            return tokens;
        }
        catch
        {
            tokens.Dispose();
            throw;
        }
    }

    /// <summary>Drops tokens behind the first ones until half of the room behind those is free.</summary>
    public void DropMiddle(int kept, int size)
    {
        int tail = (size - kept) / 2;
        Span[^tail..].CopyTo(_tokens.AsSpan(kept));
        Count = kept + tail;
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_tokens);
        _tokens = [];
        Count = 0;
    }

    /// <summary>Finds the first marker in a text; returns the index behind its first character, or 0.</summary>
    private static int EndOfMarkersFirstCharacter(ReadOnlySpan<char> text, IReadOnlyList<string> markers)
    {
        int first = -1;
        foreach (string marker in markers)
        {
            int at = text.IndexOf(marker, StringComparison.Ordinal);
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }
        return first < 0 ? 0 : first + (char.IsHighSurrogate(text[first]) ? 2 : 1);
    }

    private void AppendText(StringBuilder text, bool stripLeft, bool stripRight)
    {
        string plain = text.ToString();
        plain = stripLeft ? plain.TrimStart() : plain;
        plain = stripRight ? plain.TrimEnd() : plain;
        text.Clear();
        if (plain.Length > 0)
        {
            Append(plain, addSpecial: false, parseSpecial: false);
        }
    }

    private void Append(int token)
    {
        EnsureRoom(1);
        _tokens[Count++] = token;
    }

    private void Append(string text, bool addSpecial, bool parseSpecial)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            int length = Encoding.UTF8.GetBytes(text, utf8);
            EnsureRoom(length + 8);
            int count = _vocab.Tokenize(utf8.AsSpan(0, length), _tokens.AsSpan(Count), addSpecial, parseSpecial);
            if (count < 0)
            {
                EnsureRoom(-count);
                count = _vocab.Tokenize(utf8.AsSpan(0, length), _tokens.AsSpan(Count), addSpecial, parseSpecial);
            }
            Count += count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    private void EnsureRoom(int more)
    {
        if (_tokens.Length - Count >= more)
        {
            return;
        }
        int[] larger = ArrayPool<int>.Shared.Rent(Math.Max(Count + more, 2 * Count));
        Span.CopyTo(larger);
        ArrayPool<int>.Shared.Return(_tokens);
        _tokens = larger;
    }
}
