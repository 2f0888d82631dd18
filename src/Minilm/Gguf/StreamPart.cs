namespace Minilm.Gguf;

/// <summary>The rest of a stream from a position on, seen as a stream of its own. Does not own the stream.</summary>
internal sealed class StreamPart : Stream
{
    private readonly Stream _stream;
    private readonly long _start;

    private StreamPart(Stream stream, long start)
    {
        _stream = stream;
        _start = start;
        _stream.Position = start;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _stream.Length - _start;

    public override long Position
    {
        get => _stream.Position - _start;
        set => _stream.Position = value + _start;
    }

    /// <exception cref="GgufException">The position is past the end.</exception>
    public static StreamPart From(Stream stream, long start, GgufProblems problems) => start < stream.Length
        ? new StreamPart(stream, start)
        : throw problems.File($"has {stream.Length} bytes; no model can begin at byte {start}.");

    public override int Read(byte[] buffer, int offset, int count) => _stream.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => _stream.Read(buffer);

    public override long Seek(long offset, SeekOrigin origin) =>
        _stream.Seek(origin == SeekOrigin.Begin ? offset + _start : offset, origin) - _start;

    public override void Flush()
    {
        // nothing is written
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
