using Minilm.Gguf;

namespace Minilm.Tests.Embeddings;

/// <summary>A BERT with random weights: a WordPiece vocabulary of words and letters, positions, and a classification head if wanted.</summary>
internal static class EncoderModel
{
    private const int Width = 32;
    private const int Inner = 48;
    private const int Layers = 2;
    private const int Positions = 64;
    private const string Word = "▁"; // WordPiece's sign for the beginning of a word, as libllama spells it

    public static string Write(string path, EmbeddingPooling pooling, bool hasHead = false, string? rankTemplate = null, string? without = null, (string Tensor, GgmlType Type)? other = null)
    {
        string[] tokens = Tokens();
        GgufWriter writer = new();
        writer.Add("general.architecture", "bert")
            .Add("general.type", "model")
            .Add("bert.context_length", (uint)Positions)
            .Add("bert.embedding_length", (uint)Width)
            .Add("bert.block_count", (uint)Layers)
            .Add("bert.feed_forward_length", (uint)Inner)
            .Add("bert.attention.head_count", 4u)
            .Add("bert.attention.layer_norm_epsilon", 1e-5f)
            .Add("bert.attention.causal", false)
            .Add("bert.pooling_type", (uint)pooling)
            .Add("tokenizer.ggml.model", "bert")
            .Add("tokenizer.ggml.token_type_count", 2u)
            .AddArray("tokenizer.ggml.tokens", tokens)
            .AddArray("tokenizer.ggml.token_type", [.. tokens.Select(token => token.StartsWith('[') ? 3 : 1)])
            .Add("tokenizer.ggml.padding_token_id", 0u)
            .Add("tokenizer.ggml.unknown_token_id", 1u)
            .Add("tokenizer.ggml.mask_token_id", 4u);
        foreach ((string key, uint id) in ((string, uint)[])[("tokenizer.ggml.bos_token_id", 2), ("tokenizer.ggml.seperator_token_id", 3)])
        {
            if (key != without)
            {
                writer.Add(key, id);
            }
        }
        if (rankTemplate is not null)
        {
            writer.Add("tokenizer.chat_template.rerank", rankTemplate);
        }
        AddTensors(writer, tokens.Length, hasHead, other);
        writer.Write(path);
        return path;
    }

    private static string[] Tokens() =>
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]",
        .. "the cat dog sat on a mat moon rose over sea who".Split(' ').Where(word => word.Length > 1).Select(word => Word + word),
        .. Enumerable.Range('a', 26).Select(c => Word + (char)c),
        .. Enumerable.Range('a', 26).Select(c => ((char)c).ToString()),
    ];

    private static void AddTensors(GgufWriter writer, int vocabulary, bool hasHead, (string Tensor, GgmlType Type)? other)
    {
        var random = new Random(5);
        Add("token_embd.weight", Width, vocabulary);
        Add("position_embd.weight", Width, Positions);
        Add("token_types.weight", Width, 2);
        AddNorm("token_embd_norm");
        for (int layer = 0; layer < Layers; layer++)
        {
            foreach (string name in (string[])["attn_q", "attn_k", "attn_v", "attn_output"])
            {
                AddLinear($"blk.{layer}.{name}", Width, Width);
            }
            AddNorm($"blk.{layer}.attn_output_norm");
            AddLinear($"blk.{layer}.ffn_up", Width, Inner);
            AddLinear($"blk.{layer}.ffn_down", Inner, Width);
            AddNorm($"blk.{layer}.layer_output_norm");
        }
        if (hasHead)
        {
            AddLinear("cls", Width, Width);
            AddLinear("cls.output", Width, 1);
        }

        void Add(string name, params long[] shape) =>
            AddTensor(name, shape, Enumerable.Range(0, (int)shape.Aggregate(1L, (x, y) => x * y)).Select(_ => (random.NextSingle() - 0.5f) * 0.7f).ToArray());

        void AddTensor(string name, long[] shape, float[] values)
        {
            if (other is { } change && change.Tensor == name)
            {
                writer.AddTensor(name, change.Type, shape, new byte[GgmlTypes.RowBytes(change.Type, values.Length)]);
            }
            else
            {
                writer.AddTensor(name, GgmlType.F32, shape, values);
            }
        }

        void AddLinear(string name, int columns, int rows)
        {
            Add(name + ".weight", columns, rows);
            Add(name + ".bias", rows);
        }

        void AddNorm(string name)
        {
            AddTensor(name + ".weight", [Width], Enumerable.Repeat(1f, Width).ToArray());
            AddTensor(name + ".bias", [Width], new float[Width]);
        }
    }
}
