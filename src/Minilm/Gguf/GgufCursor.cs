using System.Buffers.Binary;

namespace Minilm.Gguf;

/// <summary>
/// Walks forward through a file and checks every step against the file's length before it is taken, so that a
/// length from a damaged file is never believed and never allocated.
/// </summary>
internal sealed class GgufCursor
{
    private const int BufferSize = 64 * 1024;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _next;
    private int _end;

    public GgufCursor(Stream stream, GgufProblems problems, long position = 0)
    {
        _stream = stream;
        Problems = problems;
        Length = stream.Length;
        Position = position;
        stream.Position = position;
    }

    public GgufProblems Problems { get; }

    public long Length { get; }

    public long Position { get; private set; }

    public long Left => Length - Position;

    public uint ReadUInt32(string field, string what) => BinaryPrimitives.ReadUInt32LittleEndian(Read(4, field, what));

    public ulong ReadUInt64(string field, string what) => BinaryPrimitives.ReadUInt64LittleEndian(Read(8, field, what));

    /// <summary>Reads a few bytes; the span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Read(int count, string field, string what)
    {
        ReadOnlySpan<byte> bytes = Peek(count, field, what);
        _next += count;
        Position += count;
        return bytes;
    }

    /// <summary>Shows a few bytes without stepping over them; the span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(int count, string field, string what)
    {
        Need((ulong)count, field, what);
        if (_end - _next < count)
        {
            Fill(count, field, what);
        }

        return _buffer.AsSpan(_next, count);
    }

    /// <summary>Reads into the caller's memory, whatever its size.</summary>
    public void ReadExactly(Span<byte> destination, string field, string what)
    {
        Need((ulong)destination.Length, field, what);
        while (!destination.IsEmpty)
        {
            int step = Math.Min(destination.Length, BufferSize);
            Read(step, field, what).CopyTo(destination);
            destination = destination[step..];
        }
    }

    public void Skip(ulong count, string field, string what)
    {
        Need(count, field, what);
        Position += (long)count;
        if (count <= (ulong)(_end - _next))
        {
            _next += (int)count;
        }
        else
        {
            _stream.Position = Position;
            _next = _end = 0;
        }
    }

    /// <summary>Throws unless so many bytes are left.</summary>
    public void Need(ulong count, string field, string what)
    {
        if (count > (ulong)Left)
        {
            throw count > long.MaxValue
                ? Problems.At(field, Position, $"{what} states a size of {count} bytes, more than any file has", "The file is damaged; fetch it again")
                : Problems.Truncated(field, Position, what, (long)count, Left);
        }
    }

    private void Fill(int count, string field, string what)
    {
        int kept = _end - _next;
        _buffer.AsSpan(_next, kept).CopyTo(_buffer);
        _next = 0;
        _end = kept;
        while (_end < count)
        {
            int read = _stream.Read(_buffer, _end, BufferSize - _end);
            if (read == 0)
            {
                // The length was checked when the file was opened: it has become shorter since.
                throw Problems.Truncated(field, Position, what, count, _end);
            }

            _end += read;
        }
    }
}
