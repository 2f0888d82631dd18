using System.Buffers;
using System.Text;

namespace Minilm.Engine;

/// <summary>Assembles characters from bytes that arrive in any pieces. Bytes that cannot be UTF-8 become U+FFFD; a character that never becomes complete is dropped.</summary>
internal sealed class TextAssembler(TextHandler? onText) : IDisposable
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private char[] _text = ArrayPool<char>.Shared.Rent(1024);
    private int _length;

    /// <summary>Adds bytes and reports the characters that became complete.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }
        Reserve(bytes.Length + 4); // a char for each byte at most, and what the decoder still holds
        int count = _decoder.GetChars(bytes, _text.AsSpan(_length), flush: false);
        if (count > 0)
        {
            _length += count;
            onText?.Invoke(_text.AsSpan(_length - count, count));
        }
    }

    public override string ToString() => new(_text, 0, _length);

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_text);
        _text = [];
    }

    private void Reserve(int count)
    {
        if (_length + count > _text.Length)
        {
            char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(_text.Length * 2, _length + count));
            _text.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<char>.Shared.Return(_text);
            _text = larger;
        }
    }
}
