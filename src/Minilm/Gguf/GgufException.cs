namespace Minilm.Gguf;

/// <summary>
/// Says why a file is not a GGUF file that can be handed to native code, where in the file the reason lies,
/// and what to do about it.
/// </summary>
public sealed class GgufException : FormatException
{
    internal GgufException(string message, string? path, string? field, long? byteOffset, Exception? inner = null)
        : base(message, inner)
    {
        Path = path;
        Field = field;
        ByteOffset = byteOffset;
    }

    /// <summary>Gets the path as the caller gave it, or <see langword="null"/> when a stream was read.</summary>
    public string? Path { get; }

    /// <summary>Gets the metadata key, tensor name or header field at fault, or <see langword="null"/> when it is the file as a whole.</summary>
    public string? Field { get; }

    /// <summary>Gets the position of the fault in bytes from the start of the file, or <see langword="null"/> when something is absent.</summary>
    public long? ByteOffset { get; }
}
