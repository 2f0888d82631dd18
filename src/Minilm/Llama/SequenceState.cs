using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Minilm;

/// <summary>
/// The bytes of a saved sequence: magic, version of this format, version of libllama, model, tokens, libllama's
/// own state, and a hash of all that. Little-endian.
/// </summary>
internal static class SequenceState
{
    private const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "MLMSEQ\0\0"u8;

    public static byte[] Write(ModelFingerprint model, ReadOnlySpan<int> tokens, ReadOnlySpan<byte> state)
    {
        byte[] library = Encoding.UTF8.GetBytes(LlamaRuntime.Versions.Llama);
        using var stream = new MemoryStream(Magic.Length + ModelFingerprint.Size + library.Length + (tokens.Length * sizeof(int)) + state.Length + 64);
        using var writer = new BinaryWriter(stream);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(library.Length);
        writer.Write(library);
        writer.Write(model.Hash);
        writer.Write(tokens.Length);
        writer.Write(MemoryMarshal.AsBytes(tokens));
        writer.Write((long)state.Length);
        writer.Write(state);
        writer.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">It is damaged, of another model, or of another version.</exception>
    public static int[] Read(ModelFingerprint model, ReadOnlySpan<byte> saved, out ReadOnlySpan<byte> state)
    {
        if (!saved.StartsWith(Magic))
        {
            throw new InvalidDataException("This is not a saved sequence: it does not begin with MLMSEQ.");
        }
        ReadOnlySpan<byte> rest = saved[Magic.Length..];
        int version = rest.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(rest) : 0;
        if (version != Version)
        {
            throw new InvalidDataException($"The saved sequence has version {version} of the format; Minilm reads version {Version}. Save it again.");
        }
        if (saved.Length < Magic.Length + SHA256.HashSizeInBytes || !SHA256.HashData(saved[..^SHA256.HashSizeInBytes]).AsSpan().SequenceEqual(saved[^SHA256.HashSizeInBytes..]))
        {
            throw new InvalidDataException("The saved sequence is damaged: its hash does not fit. Save it again.");
        }
        var reader = new Reader(rest[sizeof(int)..^SHA256.HashSizeInBytes]);
        string library = Encoding.UTF8.GetString(reader.Take(reader.Int32()));
        if (library != LlamaRuntime.Versions.Llama)
        {
            throw new InvalidDataException($"The sequence was saved by llama.cpp {library}; this is {LlamaRuntime.Versions.Llama}. Save it again.");
        }
        if (!reader.Take(ModelFingerprint.Size).SequenceEqual(model.Hash))
        {
            throw new InvalidDataException("The sequence was saved with another model. Each model needs its own.");
        }
        int[] tokens = MemoryMarshal.Cast<byte, int>(reader.Take(reader.Int32() * (long)sizeof(int))).ToArray();
        state = reader.Take(reader.Int64());
        return tokens;
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

        public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

        public ReadOnlySpan<byte> Take(long count)
        {
            if (count < 0 || count > _rest.Length)
            {
                throw new InvalidDataException("The saved sequence is damaged: it ends too early.");
            }
            ReadOnlySpan<byte> taken = _rest[..(int)count];
            _rest = _rest[(int)count..];
            return taken;
        }
    }
}
