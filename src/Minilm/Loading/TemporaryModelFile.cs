namespace Minilm.Loading;

/// <summary>A copy of a stream in a folder that only this user may enter, deleted with this object.</summary>
internal sealed class TemporaryModelFile : IDisposable
{
    public const string FolderPrefix = "minilm-stream-";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory(FolderPrefix);

    private TemporaryModelFile() => Path = System.IO.Path.Combine(_folder.FullName, "model.gguf");

    public string Path { get; }

    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    public static async Task<TemporaryModelFile> CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (!stream.CanRead)
        {
            throw new ArgumentException("The stream cannot be read.", nameof(stream));
        }
        TemporaryModelFile copy = new();
        try
        {
            FileStream file = new(copy.Path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            await using (file.ConfigureAwait(false))
            {
                await stream.CopyToAsync(file, 1 << 20, cancellationToken).ConfigureAwait(false);
            }
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Copies a file from a position on.</summary>
    /// <exception cref="ModelLoadException">It could not be copied.</exception>
    public static TemporaryModelFile CopyPart(string path, long offset)
    {
        TemporaryModelFile copy = new();
        try
        {
            using FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            using FileStream destination = new(copy.Path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            source.Position = offset;
            source.CopyTo(destination, 1 << 20);
            return copy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            copy.Dispose();
            throw new ModelLoadException($"This version of the native library cannot load a model from the middle of '{path}', and a copy of it failed: {e.Message}", ModelLoadReason.FileUnreadable, e);
        }
    }

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Deleted before, or Windows keeps what a context of the host still maps.
        }
    }
}
