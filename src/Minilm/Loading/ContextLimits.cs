using System.Globalization;
using Minilm.Gguf;

namespace Minilm.Loading;

/// <summary>Refuses contexts that a model or this machine cannot have.</summary>
internal static class ContextLimits
{
    /// <summary>Finds the context size to use.</summary>
    /// <param name="file">The model.</param>
    /// <param name="requested">Tokens for all sequences together; null is the default.</param>
    /// <param name="sequences">How many sequences share them.</param>
    /// <exception cref="ModelLoadException">A sequence gets more than the model was trained for, or less than a token.</exception>
    public static int RequireContextSize(GgufFile file, int? requested, int sequences)
    {
        int trained = file.Facts.ContextLength ?? int.MaxValue;
        if (requested / sequences > trained)
        {
            throw new ModelLoadException(string.Create(CultureInfo.InvariantCulture,
                $"A context of {requested / sequences} tokens was asked for, but '{file.Path}' was trained for {trained}. Ask for {trained} or less."), ModelLoadReason.InvalidOptions);
        }
        int size = requested ?? Math.Min(LlamaModelOptions.DefaultContextSize, trained);
        if (size < sequences)
        {
            throw new ModelLoadException(string.Create(CultureInfo.InvariantCulture,
                $"A context of {size} tokens has no room for {sequences} sequences. Ask for a larger context."), ModelLoadReason.InvalidOptions);
        }
        return size;
    }

    /// <summary>Makes sure that the memory of this machine holds what is about to be allocated.</summary>
    /// <param name="file">The model.</param>
    /// <param name="estimate">What it takes.</param>
    /// <param name="withWeights">Whether the weights are allocated too: mapped ones are not, and those that are there already are not again.</param>
    /// <param name="availableMemory">Bytes.</param>
    /// <exception cref="ModelLoadException">It does not.</exception>
    public static void RequireMemory(GgufFile file, ModelMemoryEstimate estimate, bool withWeights, long availableMemory)
    {
        long needed = withWeights ? estimate.TotalBytes : (estimate with { WeightBytes = 0 }).TotalBytes;
        if (needed > availableMemory)
        {
            string weights = withWeights ? $"{estimate.WeightBytes >> 20} for the weights, " : "";
            throw new ModelLoadException(string.Create(CultureInfo.InvariantCulture,
                $"A context of {estimate.ContextSize} tokens on '{file.Path}' takes {needed >> 20} MiB ({weights}{estimate.KvBytes >> 20} for the KV memory, {estimate.ComputeBytes >> 20} for computing), but the machine has {availableMemory >> 20} MiB available. Ask for a smaller context{(withWeights ? ", or map the weights" : "")}."), ModelLoadReason.OutOfMemory);
        }
    }

    /// <summary>Makes sure that the rows of one head can be cut into the blocks of the KV memory's types.</summary>
    /// <exception cref="ModelLoadException">They cannot.</exception>
    public static void RequireFit(GgufFile file, LlamaComputeOptions options)
    {
        RequireFit(file, "key", file.Facts.KeyLength, options.KeyType);
        RequireFit(file, "value", file.Facts.ValueLength, options.ValueType);
    }

    private static void RequireFit(GgufFile file, string name, int? length, GgmlType type)
    {
        int block = GgmlTypes.BlockSize(type);
        if (length is int elements && elements % block != 0)
        {
            throw new ModelLoadException($"The KV memory of '{file.Path}' cannot be {type}: a {name} head has {elements} elements, which is not a multiple of {type}'s block of {block}. Use F16.", ModelLoadReason.InvalidOptions);
        }
    }
}
