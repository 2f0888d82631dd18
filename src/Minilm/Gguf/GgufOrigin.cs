namespace Minilm.Gguf;

/// <summary>Where the bytes are, for the elements of long arrays, which are read when they are asked for.</summary>
internal sealed class GgufOrigin
{
    private readonly string? _path;
    private readonly Stream? _stream;
    private readonly Lock _lock = new();

    private readonly long _start;

    /// <param name="path">The path of the file.</param>
    /// <param name="start">Where the model begins in it, in bytes.</param>
    public GgufOrigin(string path, long start = 0)
    {
        _path = path;
        _start = start;
        Problems = new GgufProblems(path);
    }

    public GgufOrigin(Stream stream)
    {
        _stream = stream;
        Problems = new GgufProblems(null);
    }

    public GgufProblems Problems { get; }

    public string? Path => _path;

    /// <summary>Opens a file for reading; what is not there, or is not a file, is said in words.</summary>
    public static FileStream Open(string path, GgufProblems problems)
    {
        if (Directory.Exists(path))
        {
            throw problems.File("is a directory. Give the path of a .gguf file inside it.");
        }

        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            if (file.CanSeek)
            {
                return file;
            }

            file.Dispose();
            throw problems.File("is a pipe or a device. Give the path of a file on disk.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw problems.File($"does not exist (looked for '{System.IO.Path.GetFullPath(path)}').", e);
        }
    }

    /// <summary>Lets a function read from a position. Calls on one stream wait for each other; on a path they do not.</summary>
    public T Read<T>(long position, Func<GgufCursor, T> read)
    {
        if (_path is not null)
        {
            using FileStream file = Open(_path, Problems);
            return read(CursorAt(_start == 0 ? file : StreamPart.From(file, _start, Problems), position));
        }

        lock (_lock)
        {
            return read(CursorAt(_stream!, position));
        }
    }

    private GgufCursor CursorAt(Stream stream, long position) => position <= stream.Length
        ? new GgufCursor(stream, Problems, position)
        : throw Problems.File($"has become shorter since it was read: byte offset {position} is now past its end at {stream.Length}.");
}
