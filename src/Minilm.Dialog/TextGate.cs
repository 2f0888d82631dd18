namespace Minilm.Dialog;

/// <summary>Lets text through until it is closed: a backend that was given up may still talk, to nobody.</summary>
internal sealed class TextGate(TextHandler receiver)
{
    private volatile bool _closed;

    public void Pass(ReadOnlySpan<char> text)
    {
        if (!_closed)
        {
            receiver(text);
        }
    }

    public void Close() => _closed = true;
}
