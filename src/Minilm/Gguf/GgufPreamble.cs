using System.Buffers.Binary;

namespace Minilm.Gguf;

/// <summary>The first 24 bytes: is it GGUF at all, of which version, and how much does it say it holds?</summary>
internal sealed record GgufPreamble(uint Version, long TensorCount, long MetadataCount)
{
    // The shortest entry: a key of 1 byte behind its length, a type, and a value of 1 byte.
    private const int MinMetadataBytes = 8 + 1 + 4 + 1;

    // The shortest entry: an empty name behind its length, no dimensions, a type and an offset.
    private const int MinTensorBytes = 8 + 4 + 4 + 8;

    private const string Magic = "magic";

    public static GgufPreamble Read(GgufCursor cursor)
    {
        CheckMagic(cursor);
        uint version = cursor.ReadUInt32("version", "the header");
        CheckVersion(version, cursor.Problems);
        long tensors = Count(cursor, "tensor_count", "tensors", MinTensorBytes);
        long metadata = Count(cursor, "metadata_kv_count", "metadata entries", MinMetadataBytes);
        return new GgufPreamble(version, tensors, metadata);
    }

    private static void CheckMagic(GgufCursor cursor)
    {
        if (cursor.Length == 0)
        {
            throw cursor.Problems.File("is empty (0 bytes). Was the download cut short? Fetch the file again.");
        }

        // Enough for the longest signature below; a shorter file is compared by what it has.
        ReadOnlySpan<byte> start = cursor.Peek((int)Math.Min(64, cursor.Length), Magic, "the magic");
        if (!start.StartsWith("GGUF"u8[..Math.Min(4, start.Length)]))
        {
            string found = Convert.ToHexString(start[..Math.Min(4, start.Length)]);
            string spaced = string.Join(' ', found.Chunk(2).Select(pair => new string(pair)));
            throw cursor.Problems.File($"is not GGUF: it starts with {spaced} (expected 47 47 55 46). {Guess(start)}");
        }

        cursor.Skip(4, Magic, "the magic");
    }

    private static void CheckVersion(uint version, GgufProblems problems)
    {
        const string field = "version";
        if (version is 2 or 3)
        {
            return;
        }

        throw (version & 0xFFFF) == 0 && version != 0
            ? problems.At(field, 4, $"it was written for big-endian machines (its version reads {BinaryPrimitives.ReverseEndianness(version)} backwards)", "Get the little-endian file of this model")
            : version == 1
                ? problems.At(field, 4, "it is GGUF version 1, which llama.cpp no longer reads", "Convert the model again with a current llama.cpp")
                : problems.At(field, 4, $"it is GGUF version {version}, and versions 2 and 3 are known", "A newer file needs a newer Minilm; otherwise the file is damaged");
    }

    private static long Count(GgufCursor cursor, string field, string what, int minBytes)
    {
        long at = cursor.Position;
        ulong count = cursor.ReadUInt64(field, "the header");
        return count <= (ulong)cursor.Left / (ulong)minBytes
            ? (long)count
            : throw cursor.Problems.At(field, at, $"it states {count} {what}, more than a file of {cursor.Length} bytes can hold", "The file is damaged or cut short; fetch it again");
    }

    private static string Guess(ReadOnlySpan<byte> start) => start switch
    {
        _ when start.StartsWith("PK\x03\x04"u8) => "Is it a zip? Unpack it, or convert it if it is a PyTorch checkpoint.",
        _ when start.StartsWith("version https://git-lfs"u8) => "It is a Git LFS pointer and not the model: run 'git lfs pull'.",
        _ when start.Length > 8 && start[8] == '{' => "Is it a safetensors file? Convert the model with llama.cpp's convert_hf_to_gguf.py.",
        [(byte)'{', ..] or [(byte)'[', ..] => "Is it JSON, such as a configuration or an index of safetensors? Give the .gguf file itself.",
        [(byte)'<', ..] => "Is it an HTML page? The download may have answered with an error page.",
        [0x80, >= 2 and <= 5, ..] => "Is it a PyTorch pickle? Convert the model with llama.cpp's convert_hf_to_gguf.py.",
        [0x1F, 0x8B, ..] => "Is it compressed with gzip? Unpack it.",
        _ when start.StartsWith("lmgg"u8) || start.StartsWith("fmgg"u8) || start.StartsWith("tjgg"u8) || start.StartsWith("algg"u8) =>
            "It is a GGML file from before GGUF (August 2023), which llama.cpp no longer reads: convert the original model again.",
        _ when start.IndexOfAnyExcept((byte)0) < 0 => "It starts with zeros only: the download was probably never finished.",
        _ => "Give the path of a .gguf file.",
    };
}
