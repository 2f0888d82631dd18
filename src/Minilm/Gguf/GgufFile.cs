using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Minilm.Gguf;

/// <summary>
/// The header, the metadata and the tensor table of a GGUF file. Reading checks everything that native code takes
/// on trust about the container; it does not read the tensors. Whether the file is a model that can be loaded is
/// for <see cref="GgufModelValidator"/> to say.
/// </summary>
/// <remarks>The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, and <c>gguf.h</c>.</remarks>
public sealed class GgufFile
{
    private const string AlignmentKey = "general.alignment";
    private const uint DefaultAlignment = 32; // gguf.h, GGUF_DEFAULT_ALIGNMENT

    private readonly GgufOrigin _origin;

    private GgufFile(GgufOrigin origin, GgufCursor cursor)
    {
        _origin = origin;
        FileLength = cursor.Length;
        GgufPreamble preamble = GgufPreamble.Read(cursor);
        Version = (int)preamble.Version;

        GgufMetadataReader metadata = new(cursor, origin);
        Metadata = metadata.Read(preamble.MetadataCount);
        Alignment = ReadAlignment();

        GgufTensorTableReader table = new(cursor, metadata, Alignment);
        Tensors = table.Read(preamble.TensorCount);
        DataOffset = Tensors.Count == 0 ? cursor.Position : GgufTensorTableReader.Align(cursor.Position, Alignment);
        table.CheckData(DataOffset);
        Facts = new GgufModelFacts(this);
    }

    /// <summary>Gets the path as it was given, or <see langword="null"/> when a stream was read.</summary>
    public string? Path => _origin.Path;

    /// <summary>Gets the version of the format: 2 or 3.</summary>
    public int Version { get; }

    /// <summary>Gets the alignment of the tensors in bytes, a power of two.</summary>
    public uint Alignment { get; }

    /// <summary>Gets the metadata by key, in the order of the file.</summary>
    public IReadOnlyDictionary<string, GgufValue> Metadata { get; }

    /// <summary>Gets the tensor table in the order of the file.</summary>
    public IReadOnlyList<GgufTensorInfo> Tensors { get; }

    /// <summary>Gets the position of the tensors' data in bytes from the start of the file.</summary>
    public long DataOffset { get; }

    /// <summary>Gets the length of the file in bytes.</summary>
    public long FileLength { get; }

    /// <summary>Gets what the metadata and the tensor table say about a model.</summary>
    public GgufModelFacts Facts { get; }

    internal GgufProblems Problems => _origin.Problems;

    /// <summary>Reads the header, the metadata and the tensor table of a file. The file is closed on return.</summary>
    /// <param name="path">The path of the file. Long arrays are read from there again when they are asked for.</param>
    /// <returns>What the file holds.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="GgufException">The file does not exist, is a directory, or is not a sound GGUF file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static GgufFile Read(string path) => Read(path, 0);

    /// <summary>Reads the header, the metadata and the tensor table of a model that begins in the middle of a file. Offsets count from there.</summary>
    /// <param name="path">The path of the file. Long arrays are read from there again when they are asked for.</param>
    /// <param name="start">Where the model begins, in bytes.</param>
    /// <returns>What the model's part of the file holds.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, or <paramref name="start"/> is negative.</exception>
    /// <exception cref="GgufException">The file does not exist, is a directory, or has no sound GGUF file there.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static GgufFile Read(string path, long start)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        GgufOrigin origin = new(path, start);
        return origin.Read(0, cursor => new GgufFile(origin, cursor));
    }

    /// <summary>Reads the header, the metadata and the tensor table from the start of a stream.</summary>
    /// <param name="stream">
    /// A stream that can seek. It is not disposed; long arrays are read from it when they are asked for, so it has
    /// to stay open as long as the result is in use.
    /// </param>
    /// <returns>What the stream holds.</returns>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot seek.</exception>
    /// <exception cref="GgufException">The stream is not a sound GGUF file.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static GgufFile Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek)
        {
            throw new ArgumentException("The stream must be able to seek: the length of a GGUF file is checked before its fields are.", nameof(stream));
        }

        GgufOrigin origin = new(stream);
        return origin.Read(0, cursor => new GgufFile(origin, cursor));
    }

    /// <summary>Gets a string of the metadata.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The string.</returns>
    /// <exception cref="GgufException">The key is missing, or its value is not a string.</exception>
    public string GetString(string key) => TryGetString(key, out string? value) ? value : throw Unlike(key, "a string");

    /// <summary>Gets an integer of the metadata, of whatever integer type.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The integer.</returns>
    /// <exception cref="GgufException">The key is missing, or its value is not an unsigned integer of up to 32 bits.</exception>
    public uint GetUInt32(string key) => TryGetUInt32(key, out uint value) ? value : throw Unlike(key, "an unsigned integer of 32 bits");

    /// <summary>Gets an integer of the metadata, of whatever integer type.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The integer.</returns>
    /// <exception cref="GgufException">The key is missing, or its value is not an integer.</exception>
    public long GetInt64(string key) => TryGetInt64(key, out long value) ? value : throw Unlike(key, "an integer");

    /// <summary>Gets a number of the metadata, of whatever number type.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The number.</returns>
    /// <exception cref="GgufException">The key is missing, or its value is not a number.</exception>
    public double GetDouble(string key) => TryGetDouble(key, out double value) ? value : throw Unlike(key, "a number");

    /// <summary>Gets a boolean of the metadata.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The boolean.</returns>
    /// <exception cref="GgufException">The key is missing, or its value is not a boolean.</exception>
    public bool GetBoolean(string key) => TryGetBoolean(key, out bool value) ? value : throw Unlike(key, "a boolean");

    /// <summary>Gets an array of the metadata.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The array.</returns>
    /// <exception cref="GgufException">The key is missing, or its value is not an array.</exception>
    public GgufArray GetArray(string key) => TryGetArray(key, out GgufArray? value) ? value : throw Unlike(key, "an array");

    /// <summary>Gets a string of the metadata if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The string, or <see langword="null"/>.</param>
    /// <returns><see langword="false"/> if the key is missing or its value is not a string.</returns>
    public bool TryGetString(string key, [NotNullWhen(true)] out string? value)
    {
        value = null;
        return Metadata.TryGetValue(key, out GgufValue? found) && found.TryGetString(out value);
    }

    /// <summary>Gets an integer of the metadata if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The integer, or 0.</param>
    /// <returns><see langword="false"/> if the key is missing or its value is not an unsigned integer of up to 32 bits.</returns>
    public bool TryGetUInt32(string key, out uint value)
    {
        value = 0;
        return Metadata.TryGetValue(key, out GgufValue? found) && found.TryGetUInt32(out value);
    }

    /// <summary>Gets an integer of the metadata if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The integer, or 0.</param>
    /// <returns><see langword="false"/> if the key is missing or its value is not an integer.</returns>
    public bool TryGetInt64(string key, out long value)
    {
        value = 0;
        return Metadata.TryGetValue(key, out GgufValue? found) && found.TryGetInt64(out value);
    }

    /// <summary>Gets a number of the metadata if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The number, or 0.</param>
    /// <returns><see langword="false"/> if the key is missing or its value is not a number.</returns>
    public bool TryGetDouble(string key, out double value)
    {
        value = 0;
        return Metadata.TryGetValue(key, out GgufValue? found) && found.TryGetDouble(out value);
    }

    /// <summary>Gets a boolean of the metadata if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The boolean, or <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if the key is missing or its value is not a boolean.</returns>
    public bool TryGetBoolean(string key, out bool value)
    {
        value = false;
        return Metadata.TryGetValue(key, out GgufValue? found) && found.TryGetBoolean(out value);
    }

    /// <summary>Gets an array of the metadata if there is one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The array, or <see langword="null"/>.</param>
    /// <returns><see langword="false"/> if the key is missing or its value is not an array.</returns>
    public bool TryGetArray(string key, [NotNullWhen(true)] out GgufArray? value)
    {
        value = null;
        return Metadata.TryGetValue(key, out GgufValue? found) && found.TryGetArray(out value);
    }

    private GgufException Unlike(string key, string wanted) => Metadata.TryGetValue(key, out GgufValue? found)
        ? Problems.At(key, found.ByteOffset, $"the value is {GgufProblems.Shown(found.ToString())} ({GgufValueTypes.NameOf(found.Type)}) and not {wanted}")
        : Problems.Missing(key, $"{wanted} is expected");

    private uint ReadAlignment()
    {
        if (!Metadata.TryGetValue(AlignmentKey, out GgufValue? value))
        {
            return DefaultAlignment;
        }

        if (value.Type != GgufValueType.UInt32)
        {
            throw Problems.At(AlignmentKey, value.ByteOffset, $"the alignment has the type {GgufValueTypes.NameOf(value.Type)} and must be u32");
        }

        uint alignment = GetUInt32(AlignmentKey);
        return BitOperations.IsPow2(alignment)
            ? alignment
            : throw Problems.At(AlignmentKey, value.ByteOffset, $"the alignment is {alignment} and must be a power of two");
    }
}
