namespace Minilm.Gguf;

/// <summary>What the file of a LoRA adapter says about it.</summary>
/// <param name="Alpha">What scales are multiplied by, before they are divided by the rank; 0 when the file does not say.</param>
/// <param name="Rank">The rank; the largest where it differs.</param>
/// <param name="TensorCount">The number of matrices that it changes.</param>
internal sealed record GgufAdapterFacts(float Alpha, int Rank, int TensorCount);

/// <summary>
/// Says whether a sound GGUF file is a LoRA adapter that libllama can be given for a model. libllama stops the process
/// for a key of another type and for shapes that do not multiply, and says less about the others.
/// </summary>
internal static class GgufAdapterValidator
{
    private const string TypeKey = "general.type";
    private const string ArchitectureKey = "general.architecture";
    private const string AdapterTypeKey = "adapter.type";
    private const string AlphaKey = "adapter.lora.alpha";
    private const string InvocationKey = "adapter.alora.invocation_tokens";
    private const string SuffixA = ".lora_a";
    private const string SuffixB = ".lora_b";

    /// <summary>Checks a file.</summary>
    /// <param name="file">The adapter.</param>
    /// <param name="model">The model, or the first file of a split one: then the names and shapes of its tensors are left to libllama.</param>
    /// <exception cref="GgufException">It is not a LoRA adapter, or does not fit the model.</exception>
    public static GgufAdapterFacts Validate(GgufFile file, GgufFile model)
    {
        RequireText(file, TypeKey, "adapter", "Give the adapter that was made for the model, in GGUF");
        RequireText(file, ArchitectureKey, model.GetString(ArchitectureKey), $"It was made for another model than '{model.Path}'");
        RequireText(file, AdapterTypeKey, "lora", "LoRA adapters can be used");
        if (file.Metadata.TryGetValue(InvocationKey, out GgufValue? invocation))
        {
            throw file.Problems.At(InvocationKey, invocation.ByteOffset, "the adapter is an activated one (aLoRA), which begins to work in the middle of a prompt", "Plain LoRA adapters can be used");
        }

        float alpha = ReadAlpha(file);
        Dictionary<string, Pair> pairs = ReadPairs(file);
        Dictionary<string, GgufTensorInfo>? bases = model.Facts.SplitCount == 1 ? model.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal) : null;
        int rank = 0;
        foreach ((string name, Pair pair) in pairs)
        {
            rank = Math.Max(rank, CheckPair(file, model, name, pair, bases));
        }

        return new GgufAdapterFacts(alpha, rank, pairs.Count);
    }

    private static void RequireText(GgufFile file, string key, string expected, string advice)
    {
        string value = file.GetString(key);
        if (value != expected)
        {
            throw file.Problems.At(key, file.Metadata[key].ByteOffset, $"the value is '{GgufProblems.Shown(value)}' and '{expected}' is expected", advice);
        }
    }

    private static float ReadAlpha(GgufFile file)
    {
        if (!file.Metadata.TryGetValue(AlphaKey, out GgufValue? value))
        {
            return 0;
        }

        // libllama stops the process for any other type.
        return value.Type == GgufValueType.Float32 && value.TryGetDouble(out double alpha) && double.IsFinite(alpha)
            ? (float)alpha
            : throw file.Problems.At(AlphaKey, value.ByteOffset, $"the value is {value} ({GgufValueTypes.NameOf(value.Type)}), and a finite number (f32) is expected");
    }

    private static Dictionary<string, Pair> ReadPairs(GgufFile file)
    {
        Dictionary<string, Pair> pairs = new(StringComparer.Ordinal);
        foreach (GgufTensorInfo tensor in file.Tensors)
        {
            bool isA = tensor.Name.EndsWith(SuffixA, StringComparison.Ordinal);
            bool isB = tensor.Name.EndsWith(SuffixB, StringComparison.Ordinal);
            string name = isA || isB ? tensor.Name[..^SuffixA.Length] : tensor.Name;
            if (name.Contains(SuffixA, StringComparison.Ordinal) || name.Contains(SuffixB, StringComparison.Ordinal) || (!isA && !isB && !name.EndsWith("_norm.weight", StringComparison.Ordinal)))
            {
                throw At(file, tensor, $"the name is not that of a tensor followed by '{SuffixA}' or '{SuffixB}'");
            }

            if (isA || isB)
            {
                Pair pair = pairs.GetValueOrDefault(name);
                pairs[name] = isA ? pair with { A = tensor } : pair with { B = tensor };
            }
        }

        return pairs.Count > 0 ? pairs : throw file.Problems.Missing(SuffixA, "an adapter has at least one pair of matrices");
    }

    /// <summary>Checks that the matrices multiply to one of the model's shape; returns their rank.</summary>
    private static int CheckPair(GgufFile file, GgufFile model, string name, Pair pair, Dictionary<string, GgufTensorInfo>? bases)
    {
        if (pair is not { A: { } a, B: { } b })
        {
            GgufTensorInfo only = pair.A ?? pair.B!;
            throw At(file, only, $"there is no '{name}{(pair.A is null ? SuffixA : SuffixB)}' to multiply it with", "The file is not complete; fetch it again");
        }

        foreach (GgufTensorInfo tensor in (GgufTensorInfo[])[a, b])
        {
            if (!GgufTensorTypeRules.CanMultiply(tensor.Type))
            {
                throw At(file, tensor, $"the elements are {tensor.Type}, with which ggml cannot multiply");
            }
        }

        // Rows of the embedding table are looked up in A: there it is transposed (llm_graph_context::build_inp_embd).
        bool isTable = name.EndsWith("token_embd.weight", StringComparison.Ordinal);
        long rank = isTable ? Size(a, 0) : Size(a, 1);
        if (Size(b, 0) != rank || a.Dimensions.Count > 3 || b.Dimensions.Count > 3 || Size(a, 2) != Size(b, 2) || rank is < 1 or > int.MaxValue)
        {
            throw At(file, b, $"the matrices {Shape(a)} and {Shape(b)} have no rank in common");
        }

        if (bases is null)
        {
            return (int)rank;
        }

        if (!bases.TryGetValue(name, out GgufTensorInfo? target))
        {
            throw At(file, a, $"the model '{model.Path}' has no tensor '{GgufProblems.Shown(name)}'", "It was made for another model");
        }

        long[] product = isTable ? [Size(b, 1), Size(a, 1), Size(a, 2)] : [Size(a, 0), Size(b, 1), Size(a, 2)];
        if (target.Dimensions.Count is < 2 or > 3 || product[0] != Size(target, 0) || product[1] != Size(target, 1) || product[2] != Size(target, 2))
        {
            throw At(file, a, $"the matrices {Shape(a)} and {Shape(b)} are not for {Shape(target)} of the model '{model.Path}'", "It was made for another model");
        }

        return (int)rank;
    }

    private static long Size(GgufTensorInfo tensor, int dimension) => dimension < tensor.Dimensions.Count ? tensor.Dimensions[dimension] : 1;

    private static string Shape(GgufTensorInfo tensor) => $"[{string.Join(" x ", tensor.Dimensions)}]";

    private static GgufException At(GgufFile file, GgufTensorInfo tensor, string problem, string? advice = null) =>
        file.Problems.At(tensor.Name, file.DataOffset + tensor.Offset, problem, advice);

    private readonly record struct Pair(GgufTensorInfo? A, GgufTensorInfo? B);
}
