namespace Minilm.Dialog;

/// <summary>Lets text through until it is closed: a backend that was given up may still talk, to nobody.</summary>
internal sealed class ClosableTextHandler(TextHandler receiver)
{
    private volatile bool _closed;

    public void Invoke(ReadOnlySpan<char> text)
    {
        if (!_closed)
        {
            receiver(text);
        }
    }

    public void Close() => _closed = true;
}
