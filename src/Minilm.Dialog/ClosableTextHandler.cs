namespace Minilm.Dialog;

/// <summary>Forwards text to a handler until it is closed: a backend that was abandoned may still generate some.</summary>
internal sealed class ClosableTextHandler(TextHandler handler)
{
    private volatile bool _closed;

    public void Invoke(ReadOnlySpan<char> text)
    {
        if (!_closed)
        {
            handler(text);
        }
    }

    public void Close() => _closed = true;
}
