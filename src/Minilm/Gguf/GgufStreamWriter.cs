using System.Runtime.InteropServices;
using System.Text;

namespace Minilm.Gguf;

/// <summary>
/// Writes the format's elements to a stream through one buffer, and counts the bytes, on which the padding depends.
/// It is itself a stream, for those who write a tensor. Numbers are written as this machine holds them: every
/// machine that runs .NET and llama.cpp is little-endian, as the format is.
/// </summary>
internal sealed class GgufStreamWriter(Stream target) : Stream
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _buffered;
    private long _written;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _written;

    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _written += buffer.Length;
        if (buffer.Length > _buffer.Length - _buffered)
        {
            Flush();
        }

        if (buffer.Length > _buffer.Length)
        {
            target.Write(buffer);
            return;
        }

        buffer.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += buffer.Length;
    }

    public void WriteNumbers<T>(ReadOnlySpan<T> values)
        where T : unmanaged => Write(MemoryMarshal.AsBytes(values));

    public void WriteNumber<T>(T value)
        where T : unmanaged => WriteNumbers([value]);

    public void WriteText(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        WriteNumber((ulong)bytes.Length);
        Write(bytes);
    }

    public void WriteArrayHead(GgufValueType elementType, long count)
    {
        WriteNumber((uint)elementType);
        WriteNumber((ulong)count);
    }

    /// <summary>Copies a value of another file.</summary>
    public void WriteValue(GgufValue value)
    {
        if (value.TryGetArray(out GgufArray? array))
        {
            WriteArrayHead(array.ElementType, array.Count);
            Write(array.ReadBytes());
        }
        else if (value.TryGetString(out string? text))
        {
            WriteText(text);
        }
        else
        {
            Span<byte> bytes = stackalloc byte[GgufValueTypes.SizeOf(value.Type)];
            value.Encode(bytes);
            Write(bytes);
        }
    }

    public void Pad(uint alignment)
    {
        Span<byte> zeros = stackalloc byte[256];
        zeros.Clear();
        long left = GgufTensorTableReader.Align(_written, alignment) - _written;
        for (; left > 0; left -= Math.Min(left, zeros.Length))
        {
            Write(zeros[..(int)Math.Min(left, zeros.Length)]);
        }
    }

    public override void Flush()
    {
        target.Write(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
