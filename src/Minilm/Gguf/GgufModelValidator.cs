namespace Minilm.Gguf;

/// <summary>
/// Says whether a sound GGUF file is a model that libllama can be given. libllama refuses much by itself; the rules
/// here are those behind which it would stop the process (an assertion, an exception across the C boundary, a
/// division by zero) or take all memory, and those where a clearer word helps. Rules that hold for one architecture
/// only are asked of that one.
/// </summary>
public static class GgufModelValidator
{
    /// <summary>Checks a file that is to be loaded with its weights.</summary>
    /// <param name="file">What <see cref="GgufFile.Read(string)"/> returned. Of a split model, the first file; the others are looked for beside it.</param>
    /// <exception cref="GgufException">The file is not a model, or one that would not be safe to load.</exception>
    /// <exception cref="IOException">The vocabulary, or another file of a split model, cannot be read.</exception>
    public static void Validate(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        CheckKind(file);
        if (file.Facts.IsVocabularyOnly)
        {
            throw file.Problems.Missing("tensors", "it holds a vocabulary and no weights", "It can be loaded for its vocabulary only");
        }

        GgufHyperparameterRules.Check(file);
        GgufArchitectureRules.Check(file);
        GgufTokenizerRules.Check(file);
        GgufSplitRules.Check(file);
        GgufTensorTypeRules.Check(file);
        CheckEmbeddings(file);
    }

    /// <summary>Checks a file that is to be loaded for its vocabulary only.</summary>
    /// <param name="file">What <see cref="GgufFile.Read(string)"/> returned.</param>
    /// <exception cref="GgufException">The file is not a model, or has a vocabulary that would not be safe to load.</exception>
    /// <exception cref="IOException">The vocabulary cannot be read.</exception>
    public static void ValidateVocabulary(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        CheckKind(file);
        GgufTokenizerRules.Check(file);
    }

    private static void CheckKind(GgufFile file)
    {
        const string typeKey = "general.type";
        const string architectureKey = "general.architecture";
        if (file.TryGetString(typeKey, out string? type) && type is "adapter" or "mmproj" or "imatrix")
        {
            throw file.Problems.At(typeKey, file.Metadata[typeKey].ByteOffset, $"it is of the type '{type}' and not a model", "Give the model that it belongs to");
        }

        if (file.GetString(architectureKey).Length == 0)
        {
            throw file.Problems.At(architectureKey, file.Metadata[architectureKey].ByteOffset, "the architecture is empty");
        }

        foreach ((string key, GgufValue value) in file.Metadata)
        {
            // libllama would see what stands before it: another text than the one that is checked here.
            if (value.TryGetString(out string? text) && text.Contains('\0', StringComparison.Ordinal))
            {
                throw file.Problems.At(key, value.ByteOffset, "the string contains a zero byte");
            }
        }
    }

    /// <summary>The one tensor whose shape both the vocabulary and the hidden size decide.</summary>
    private static void CheckEmbeddings(GgufFile file)
    {
        const string name = "token_embd.weight";
        GgufModelFacts facts = file.Facts;
        if (facts is not { Architecture: "llama", SplitCount: 1, VocabularySize: int vocabulary, EmbeddingLength: int width })
        {
            return;
        }

        GgufTensorInfo tensor = file.Tensors.FirstOrDefault(tensor => tensor.Name == name)
            ?? throw file.Problems.Missing(name, "a model of the architecture 'llama' has a tensor of this name");
        if (!tensor.Dimensions.SequenceEqual([width, vocabulary]))
        {
            throw file.Problems.At(name, file.DataOffset + tensor.Offset, $"the tensor is [{string.Join(" x ", tensor.Dimensions)}], and {width} elements for each of {vocabulary} tokens are expected");
        }
    }
}
