namespace Minilm.Gguf;

/// <summary>The types of a model's tensors: libllama loads any, and stops the process when it computes with one that it cannot.</summary>
internal static class GgufTensorTypeRules
{
    public static void Check(GgufFile file)
    {
        foreach (GgufTensorInfo tensor in file.Tensors)
        {
            bool isAdded = tensor.Dimensions.Count <= 1
                && (tensor.Name.EndsWith(".bias", StringComparison.Ordinal) || tensor.Name.EndsWith("norm.weight", StringComparison.Ordinal));
            if (isAdded && tensor.Type != GgmlType.F32)
            {
                throw Wrong(file, tensor, "biases and norms are F32");
            }

            bool isMultiplied = tensor.Dimensions.Count >= 2 && tensor.Name.EndsWith(".weight", StringComparison.Ordinal);
            if (isMultiplied && !CanMultiply(tensor.Type) && !IsTable(tensor.Name))
            {
                throw Wrong(file, tensor, "no matrix has elements of this type");
            }
        }
    }

    /// <summary>Gets a value indicating whether ggml multiplies matrices of this type; the others are numbers of something, or are used inside a computation.</summary>
    public static bool CanMultiply(GgmlType type) =>
        type is not (GgmlType.I8 or GgmlType.I16 or GgmlType.I32 or GgmlType.I64 or GgmlType.F64 or GgmlType.Q8_1 or GgmlType.Q8_K);

    /// <summary>Tables of token and expert ids, which some architectures have.</summary>
    private static bool IsTable(string name) => name.Contains("tid2eid", StringComparison.Ordinal) || name.Contains("d2t", StringComparison.Ordinal) || name.Contains("t2d", StringComparison.Ordinal);

    private static GgufException Wrong(GgufFile file, GgufTensorInfo tensor, string rule) =>
        file.Problems.At(tensor.Name, file.DataOffset + tensor.Offset, $"the tensor has the type {tensor.Type}, and {rule}");
}
