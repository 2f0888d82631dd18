using System.Text;

namespace Minilm.Gguf;

/// <summary>Reads the metadata section: keys, types, values; the elements of long arrays are only stepped over.</summary>
internal sealed class GgufMetadataReader(GgufCursor cursor, GgufOrigin origin)
{
    private const int MaxKeyBytes = 65535; // the format's specification

    // No known model comes near (whole tokenizer.json files have some ten million bytes); it bounds what a damaged length can cost.
    private const int MaxStringBytes = 64 * 1024 * 1024;

    private const long MaxArrayElements = 1 << 30; // gguf.cpp, GGUF_MAX_ARRAY_ELEMENTS

    private const string Refetch = "The file is damaged; fetch it again";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public Dictionary<string, GgufValue> Read(long count)
    {
        // Not sized by the count: it comes from the file.
        Dictionary<string, GgufValue> metadata = new(StringComparer.Ordinal);
        for (long i = 0; i < count; i++)
        {
            long at = cursor.Position;
            string key = ReadName($"metadata[{i}]", "the key", MaxKeyBytes);
            if (key.Length == 0)
            {
                throw cursor.Problems.At($"metadata[{i}]", at, "a metadata key is empty", Refetch);
            }

            if (!metadata.TryAdd(key, ReadValue(key)))
            {
                throw cursor.Problems.At(key, at, "the metadata key is there twice", "Whatever wrote the file is at fault; convert the model again");
            }
        }

        return metadata;
    }

    /// <summary>Reads a key or a tensor's name: UTF-8 of a bounded length.</summary>
    public string ReadName(string field, string what, int maxBytes)
    {
        long at = cursor.Position;
        ulong length = cursor.ReadUInt64(field, what);
        if (length > (ulong)maxBytes)
        {
            throw length > (ulong)cursor.Left
                ? cursor.Problems.At(field, at, $"{what} states a length of {length} bytes, more than the rest of the file", Refetch)
                : cursor.Problems.At(field, at, $"{what} is {length} bytes long, and {maxBytes} are allowed", Refetch);
        }

        try
        {
            string name = StrictUtf8.GetString(ReadBytes((int)length, field, what));
            return !name.Contains('\0', StringComparison.Ordinal)
                ? name
                : throw cursor.Problems.At(field, at + 8, $"{what} contains a zero byte", Refetch);
        }
        catch (DecoderFallbackException)
        {
            throw cursor.Problems.At(field, at + 8, $"{what} is not valid UTF-8", Refetch);
        }
    }

    private byte[] ReadBytes(int length, string field, string what)
    {
        cursor.Need((ulong)length, field, what);
        byte[] bytes = new byte[length];
        cursor.ReadExactly(bytes, field, what);
        return bytes;
    }

    private GgufValue ReadValue(string key)
    {
        GgufValueType type = ReadType(key, "type");
        long at = cursor.Position;
        return type switch
        {
            GgufValueType.String => ReadText(key, at),
            GgufValueType.Array => new GgufValue(at, ReadArray(key)),
            _ => ReadFixed(key, type, at),
        };
    }

    private GgufValueType ReadType(string key, string what)
    {
        long at = cursor.Position;
        uint type = cursor.ReadUInt32(key, "the type of a value");
        return GgufValueTypes.IsKnown(type)
            ? (GgufValueType)type
            : throw cursor.Problems.At(key, at, $"its {what} is {type}, and 0 to 12 are known", "The file is damaged, or newer than this version of Minilm");
    }

    private GgufValue ReadFixed(string key, GgufValueType type, long at)
    {
        ReadOnlySpan<byte> bytes = cursor.Read(GgufValueTypes.SizeOf(type), key, "a value");
        if (type == GgufValueType.Boolean)
        {
            CheckBooleans(bytes, key, at);
        }

        return GgufValue.Decode(type, bytes, at);
    }

    private GgufValue ReadText(string key, long at)
    {
        ulong length = cursor.ReadUInt64(key, "a string");
        if (length > MaxStringBytes)
        {
            throw cursor.Problems.At(key, at, $"a string states a length of {length} bytes; a file of {cursor.Length} bytes with strings of up to {MaxStringBytes} is read", Refetch);
        }

        return new GgufValue(at, Encoding.UTF8.GetString(ReadBytes((int)length, key, "a string")));
    }

    private GgufArray ReadArray(string key)
    {
        long typeAt = cursor.Position;
        GgufValueType type = ReadType(key, "element type");
        if (type == GgufValueType.Array)
        {
            throw cursor.Problems.At(key, typeAt, "it is an array of arrays, which llama.cpp does not read", "Convert the model again without this key");
        }

        long countAt = cursor.Position;
        ulong count = cursor.ReadUInt64(key, "the length of an array");
        int size = type == GgufValueType.String ? 8 : GgufValueTypes.SizeOf(type);
        if (count > (ulong)cursor.Left / (ulong)size || count > MaxArrayElements)
        {
            throw cursor.Problems.At(key, countAt, $"an array states {count} elements, more than the {cursor.Left} bytes that are left can hold", Refetch);
        }

        return type == GgufValueType.String ? SkipStrings(key, (long)count) : TakeFixed(key, type, (long)count);
    }

    private GgufArray SkipStrings(string key, long count)
    {
        long start = cursor.Position;
        for (long i = 0; i < count; i++)
        {
            cursor.Skip(cursor.ReadUInt64(key, "a string of an array"), key, "a string of an array");
        }

        return new GgufArray(origin, key, GgufValueType.String, count, start, cursor.Position - start, null);
    }

    private GgufArray TakeFixed(string key, GgufValueType type, long count)
    {
        long start = cursor.Position;
        long length = count * GgufValueTypes.SizeOf(type);
        byte[]? kept = length <= GgufArray.KeptBytes ? ReadBytes((int)length, key, "an array") : null;
        if (type == GgufValueType.Boolean)
        {
            CheckBooleanArray(key, start, length, kept);
        }
        else if (kept is null)
        {
            cursor.Skip((ulong)length, key, "an array");
        }

        return new GgufArray(origin, key, type, count, start, length, kept);
    }

    private void CheckBooleanArray(string key, long start, long length, byte[]? kept)
    {
        if (kept is not null)
        {
            CheckBooleans(kept, key, start);
            return;
        }

        while (cursor.Position < start + length)
        {
            long at = cursor.Position;
            CheckBooleans(cursor.Read((int)Math.Min(GgufArray.KeptBytes, start + length - at), key, "an array"), key, at);
        }
    }

    private void CheckBooleans(ReadOnlySpan<byte> bytes, string key, long at)
    {
        int wrong = bytes.IndexOfAnyExcept((byte)0, (byte)1);
        if (wrong >= 0)
        {
            throw cursor.Problems.At(key, at + wrong, $"a boolean is {bytes[wrong]}, and must be 0 or 1", Refetch);
        }
    }
}
