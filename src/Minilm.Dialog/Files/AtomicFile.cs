namespace Minilm.Dialog.Files;

/// <summary>Writes files so that whoever looks, even after the process was killed, sees the old bytes or the new ones and nothing between.</summary>
internal static class AtomicFile
{
    /// <summary>Gives a file its content, whatever it had before. Of a file that exists the mode and the links to it stay.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string target = RealPath.Of(path);
        string temporary = WriteTemporary(target, content);
        try
        {
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Replaces a file's content and keeps its mode.</summary>
    /// <exception cref="IOException">The file does not have the expected content any more, or cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> content)
    {
        string temporary = WriteTemporary(path, content);
        try
        {
            if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(expected))
            {
                throw new IOException("somebody else changed it since it was read; try again");
            }
            // .NET opens no folders, so the new name is not forced to the disk. A crash of the machine may bring the old bytes back, never a mixture.
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Keeps content in the first free of <c>NAME.bak</c>, <c>NAME.bak.2</c> and so on, unless one of those before has it already.</summary>
    /// <returns>The path of the file that has it.</returns>
    public static string Backup(string path, ReadOnlySpan<byte> content)
    {
        string? temporary = null;
        try
        {
            for (int number = 1; ; number++)
            {
                string backup = number == 1 ? $"{path}.bak" : $"{path}.bak.{number}";
                if (File.Exists(backup) && File.ReadAllBytes(backup).AsSpan().SequenceEqual(content))
                {
                    return backup;
                }
                temporary ??= WriteTemporary(path, content);
                if (TryMove(temporary, backup))
                {
                    return backup;
                }
            }
        }
        finally
        {
            if (temporary is not null)
            {
                File.Delete(temporary);
            }
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

    private static string WriteTemporary(string path, ReadOnlySpan<byte> content)
    {
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}.tmp");
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        UnixFileMode? mode = null;
        if (!OperatingSystem.IsWindows() && File.Exists(path))
        {
            mode = File.GetUnixFileMode(path);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // as long as it is being written, it is nobody else's
        }
        try
        {
            using FileStream stream = new(temporary, options);
            stream.Write(content);
            if (!OperatingSystem.IsWindows() && mode is { } kept)
            {
                File.SetUnixFileMode(stream.SafeFileHandle, kept);
            }
            stream.Flush(flushToDisk: true);
            return temporary;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
