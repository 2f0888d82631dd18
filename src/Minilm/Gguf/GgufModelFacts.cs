namespace Minilm.Gguf;

/// <summary>
/// What a GGUF file says about the model in it. A fact that the file does not state, or states with an unusable
/// type or value, is <see langword="null"/>: nothing here throws for a strange file.
/// </summary>
public sealed class GgufModelFacts
{
    private readonly GgufFile _file;

    internal GgufModelFacts(GgufFile file)
    {
        _file = file;
        Sampling = new GgufSamplingFacts(file);
    }

    /// <summary>Gets the architecture, such as <c>llama</c> (<c>general.architecture</c>).</summary>
    public string? Architecture => Text("general.architecture");

    /// <summary>Gets the name of the model (<c>general.name</c>).</summary>
    public string? Name => Text("general.name");

    /// <summary>Gets the number of tokens the model was trained to look back (<c>context_length</c>).</summary>
    public int? ContextLength => Integer(ArchitectureKey("context_length"));

    /// <summary>Gets the number of elements in a hidden state (<c>embedding_length</c>).</summary>
    public int? EmbeddingLength => Integer(ArchitectureKey("embedding_length"));

    /// <summary>Gets the number of layers (<c>block_count</c>).</summary>
    public int? BlockCount => Integer(ArchitectureKey("block_count"));

    /// <summary>Gets the number of attention heads; the largest where it differs by layer (<c>attention.head_count</c>).</summary>
    public int? HeadCount => Largest(HeadCounts(ArchitectureKey("attention.head_count")));

    /// <summary>Gets the number of key and value heads; the largest where it differs by layer. Without the key, the number of attention heads.</summary>
    public int? HeadCountKv => Largest(HeadCountsKv);

    /// <summary>Gets the number of elements of one key head; without the key, the embedding length divided by the number of heads.</summary>
    public int? KeyLength => Integer(ArchitectureKey("attention.key_length")) ?? HeadLength;

    /// <summary>Gets the number of elements of one value head; without the key, the embedding length divided by the number of heads.</summary>
    public int? ValueLength => Integer(ArchitectureKey("attention.value_length")) ?? HeadLength;

    /// <summary>Gets the number of tokens in the vocabulary.</summary>
    public int? VocabularySize => _file.TryGetArray("tokenizer.ggml.tokens", out GgufArray? tokens) && tokens.Count <= int.MaxValue
        ? (int)tokens.Count
        : Integer(ArchitectureKey("vocab_size"));

    /// <summary>Gets the number of elements in all tensors of this file.</summary>
    public long ParameterCount => _file.Tensors.Sum(tensor => tensor.ElementCount);

    /// <summary>Gets the size of all tensors of this file in bytes, which is about what loading takes or maps.</summary>
    public long WeightBytes => _file.Tensors.Sum(tensor => tensor.ByteSize);

    /// <summary>Gets the name of the quantization, such as <c>Q4_K_M</c>, or <see langword="null"/> for a file without tensors that does not state it.</summary>
    public string? QuantizationName => GgufFileTypes.NameOf(Integer("general.file_type")) ?? PrevailingType()?.ToString();

    /// <summary>Gets the kind of tokenizer, such as <c>llama</c> or <c>gpt2</c> (<c>tokenizer.ggml.model</c>).</summary>
    public string? TokenizerModel => Text("tokenizer.ggml.model");

    /// <summary>Gets the chat template, in Jinja (<c>tokenizer.chat_template</c>).</summary>
    public string? ChatTemplate => Text("tokenizer.chat_template");

    /// <summary>Gets a value indicating whether there is a chat template that is not empty.</summary>
    public bool HasChatTemplate => !string.IsNullOrEmpty(ChatTemplate);

    /// <summary>Gets a value indicating whether there is metadata and no tensor.</summary>
    public bool IsVocabularyOnly => _file.Tensors.Count == 0;

    /// <summary>Gets the number of files that the model is split into; 1 for a whole one (<c>split.count</c>).</summary>
    public int SplitCount => Integer("split.count") is int count and > 0 ? count : 1;

    /// <summary>Gets the sampling values that the file recommends (<c>general.sampling.*</c>).</summary>
    public GgufSamplingFacts Sampling { get; }

    private int? HeadLength => EmbeddingLength is int embedding && HeadCount is int heads and > 0 ? embedding / heads : null;

    private IReadOnlyList<int> HeadCountsKv
    {
        get
        {
            string key = ArchitectureKey("attention.head_count_kv");
            return HeadCounts(_file.Metadata.ContainsKey(key) ? key : ArchitectureKey("attention.head_count"));
        }
    }

    /// <summary>
    /// Estimates what the KV memory of a context takes in bytes: one key and one value row per token and layer. It is an
    /// upper limit for models with sliding windows or recurrent layers, and 0 for a model that states no attention.
    /// </summary>
    /// <param name="contextSize">The number of tokens in all sequences together.</param>
    /// <param name="keyType">The type of the key elements.</param>
    /// <param name="valueType">The type of the value elements.</param>
    /// <returns>A number of bytes; <see cref="long.MaxValue"/> if it is larger than that.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="contextSize"/> is negative, or a type is not a type of <see cref="GgmlTypes"/>.
    /// </exception>
    public long EstimateKvBytes(long contextSize, GgmlType keyType = GgmlType.F16, GgmlType valueType = GgmlType.F16)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(contextSize);
        IReadOnlyList<int> heads = HeadCountsKv;
        int layers = BlockCount ?? 0;
        Int128 bytesPerToken = heads.Count == 1 ? (Int128)layers * BytesPerToken(heads[0]) : 0;
        if (heads.Count > 1)
        {
            foreach (int count in heads.Take(layers))
            {
                bytesPerToken += BytesPerToken(count);
            }
        }

        Int128 bytes = bytesPerToken * contextSize;
        return bytes <= long.MaxValue ? (long)bytes : long.MaxValue;

        long BytesPerToken(int headCount) =>
            GgmlTypes.RowBytes(keyType, (long)headCount * (KeyLength ?? 0)) + GgmlTypes.RowBytes(valueType, (long)headCount * (ValueLength ?? 0));
    }

    /// <summary>The full name of a key that starts with the architecture.</summary>
    internal string ArchitectureKey(string name) => $"{Architecture}.{name}";

    /// <summary>One number for all layers, or one for each; empty if the file does not say.</summary>
    internal IReadOnlyList<int> HeadCounts(string key)
    {
        if (_file.TryGetInt64(key, out long single))
        {
            return [Clamp(single)];
        }

        return _file.TryGetArray(key, out GgufArray? array)
            && array.ElementType is GgufValueType.UInt32 or GgufValueType.Int32
            && array.ByteLength <= GgufArray.KeptBytes
                ? Array.ConvertAll(array.ReadIntegers(), Clamp)
                : [];
    }

    private static int Clamp(long count) => (int)Math.Clamp(count, 0, int.MaxValue);

    private static int? Largest(IReadOnlyList<int> counts) => counts.Count == 0 ? null : counts.Max();

    private string? Text(string key) => _file.TryGetString(key, out string? value) ? value : null;

    private int? Integer(string key) => _file.TryGetUInt32(key, out uint value) && value <= int.MaxValue ? (int)value : null;

    private GgmlType? PrevailingType() => IsVocabularyOnly
        ? null
        : _file.Tensors.GroupBy(tensor => tensor.Type).MaxBy(group => group.Sum(tensor => tensor.ElementCount))!.Key;
}
