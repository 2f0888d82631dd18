namespace Minilm.Abstractions;

/// <summary>
/// Writes a file so that whoever looks, even after the process was killed, sees the old bytes or the new ones and nothing
/// between: the bytes go into a temporary file beside it, which takes its place when they are whole.
/// </summary>
internal sealed class AtomicFile : IDisposable
{
    private readonly string _target;
    private bool _committed;

    private AtomicFile(string target)
    {
        _target = target;
        TemporaryPath = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}.tmp");
    }

    /// <summary>Gets the file to write: of a path that is not there yet.</summary>
    public string TemporaryPath { get; }

    /// <summary>Begins to write a file. Of one that exists the links to it stay.</summary>
    /// <exception cref="IOException">The links at the path lead around in circles.</exception>
    public static AtomicFile Begin(string path) => new(RealPath.Of(path));

    /// <summary>Gives a file its content, whatever it had before. Of a file that exists the mode and the links to it stay.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using AtomicFile file = Begin(path);
        file.WriteTemporary(content);
        file.Commit();
    }

    /// <summary>Replaces a file's content and keeps its mode.</summary>
    /// <exception cref="IOException">The file does not have the expected content any more, or cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> content)
    {
        using var file = new AtomicFile(path);
        file.WriteTemporary(content);
        if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(expected))
        {
            throw new IOException("somebody else changed it since it was read; try again");
        }
        file.Commit();
    }

    /// <summary>Keeps content in the first free of <c>NAME.bak</c>, <c>NAME.bak.2</c> and so on, unless one of those before has it already.</summary>
    /// <returns>The path of the file that has it.</returns>
    public static string Backup(string path, ReadOnlySpan<byte> content)
    {
        using var file = new AtomicFile(path);
        bool written = false;
        for (int number = 1; ; number++)
        {
            string backup = number == 1 ? $"{path}.bak" : $"{path}.bak.{number}";
            if (File.Exists(backup) && File.ReadAllBytes(backup).AsSpan().SequenceEqual(content))
            {
                return backup;
            }
            if (!written)
            {
                file.WriteTemporary(content);
                written = true;
            }
            if (TryMove(file.TemporaryPath, backup))
            {
                return backup;
            }
        }
    }

    /// <summary>Opens the temporary file for writing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public FileStream Open() => new(TemporaryPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16, FileOptions.Asynchronous);

    /// <summary>Gives the temporary file, written and closed, the name of the file.</summary>
    /// <param name="overwrite">Whether a file of the name is replaced.</param>
    /// <exception cref="IOException">It cannot be, or a file has the name and is not to be replaced.</exception>
    public void Commit(bool overwrite = true)
    {
        // .NET opens no folders, so the new name is not forced to the disk. A crash of the machine may bring the old bytes back, never a mixture.
        File.Move(TemporaryPath, _target, overwrite);
        _committed = true;
    }

    /// <summary>Deletes the temporary file, unless it was committed.</summary>
    public void Dispose()
    {
        if (!_committed && File.Exists(TemporaryPath))
        {
            File.Delete(TemporaryPath);
        }
    }

    /// <summary>Moves a file to a name that nobody has.</summary>
    private static bool TryMove(string source, string target)
    {
        try
        {
            File.Move(source, target, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(target) || new FileInfo(target).LinkTarget is not null)
        {
            return false;
        }
    }

    private void WriteTemporary(ReadOnlySpan<byte> content)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        UnixFileMode? mode = null;
        if (!OperatingSystem.IsWindows() && File.Exists(_target))
        {
            mode = File.GetUnixFileMode(_target);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // as long as it is being written, it is nobody else's
        }
        using FileStream stream = new(TemporaryPath, options);
        stream.Write(content);
        if (!OperatingSystem.IsWindows() && mode is { } kept)
        {
            File.SetUnixFileMode(stream.SafeFileHandle, kept);
        }
        stream.Flush(flushToDisk: true);
    }
}
