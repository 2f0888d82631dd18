namespace Minilm.Gguf;

/// <summary>Looks at a model file before native code does.</summary>
internal static class GgufModelFile
{
    /// <summary>Reads the header of a file and checks all that native code would trip over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabularyOnly">Whether it need not have weights.</param>
    /// <param name="offset">Where the model begins, in bytes.</param>
    /// <param name="anyExtension">Whether the file may be named otherwise than <c>.gguf</c>.</param>
    /// <exception cref="ModelLoadException">The file is not a valid model; the inner <see cref="GgufException"/> has the field and the byte offset.</exception>
    public static GgufFile ReadChecked(string path, bool vocabularyOnly = false, long offset = 0, bool anyExtension = false)
    {
        try
        {
            if (!Path.Exists(path))
            {
                throw new ModelLoadException($"Model file '{path}' does not exist.", ModelLoadReason.FileNotFound);
            }
            if (Path.GetExtension(path) is { Length: > 0 } extension && offset == 0 && !anyExtension && !extension.Equals(".gguf", StringComparison.OrdinalIgnoreCase) && File.Exists(path))
            {
                throw new ModelLoadException($"Model file '{path}' has the extension '{extension}'; Minilm loads GGUF files ('.gguf'). Convert it, or rename it if it is one.", ModelLoadReason.Damaged);
            }
            GgufFile file = GgufFile.Read(path, offset);
            if (offset > 0 && file.Facts.SplitCount > 1)
            {
                throw new ModelLoadException($"The model at byte {offset} of '{path}' is the first of {file.Facts.SplitCount} parts; a model inside of a larger file must be whole.", ModelLoadReason.Damaged);
            }
            if (vocabularyOnly)
            {
                GgufModelValidator.ValidateVocabulary(file);
            }
            else
            {
                GgufModelValidator.Validate(file);
            }
            return file;
        }
        catch (GgufException e)
        {
            throw new ModelLoadException(e.Message, ModelLoadReason.Damaged, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(e.Message, e is FileNotFoundException ? ModelLoadReason.FileNotFound : ModelLoadReason.FileUnreadable, e);
        }
    }
}
