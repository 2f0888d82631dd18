using System.Buffers.Binary;
using System.Security.Cryptography;
using Minilm.Gguf;

namespace Minilm;

/// <summary>Tells models apart by their file: header, metadata, tensor table, length, and the first and last megabyte of the weights.</summary>
internal sealed class ModelFingerprint
{
    public const int Size = SHA256.HashSizeInBytes;

    private const int Sample = 1 << 20;

    private readonly Lazy<byte[]> _hash;

    public ModelFingerprint(GgufFile file, long offset) => _hash = new Lazy<byte[]>(() => Compute(file, offset));

    /// <summary>Gets the hash; read from the file when it is asked for first.</summary>
    /// <exception cref="IOException">The file is gone.</exception>
    public ReadOnlySpan<byte> Hash => _hash.Value;

    private static byte[] Compute(GgufFile file, long offset)
    {
        using FileStream stream = File.OpenRead(file.Path!);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, stream.Length);
        hash.AppendData(length);
        Append(hash, stream, offset, Math.Min(file.DataOffset + Sample, stream.Length - offset));
        long tail = Math.Max(stream.Length - Sample, offset);
        Append(hash, stream, tail, stream.Length - tail);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, FileStream stream, long offset, long count)
    {
        byte[] buffer = new byte[64 * 1024];
        stream.Position = offset;
        while (count > 0 && stream.Read(buffer, 0, (int)Math.Min(buffer.Length, count)) is > 0 and int read)
        {
            hash.AppendData(buffer, 0, read);
            count -= read;
        }
    }
}
