using Minilm.Gguf;

namespace Minilm.Testing;

/// <summary>
/// Writes a model of the <c>llama</c> architecture whose weights are random numbers. It knows nothing, and computes
/// exactly what a trained model of its shape computes: for tests, for measurements, and where no model may be shipped.
/// </summary>
public static class RandomModelWriter
{
    private const float RmsEpsilon = 1e-5f;

    /// <summary>Writes the model to a file, which appears under its name only when it is complete.</summary>
    /// <param name="path">The path of the file; an existing one is replaced.</param>
    /// <param name="options">The shape of the model.</param>
    /// <exception cref="ArgumentException">The options do not fit each other.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, RandomModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Describe(options).Write(path);
    }

    /// <summary>Writes the model to a stream.</summary>
    /// <param name="stream">A stream that can be written; it is not disposed.</param>
    /// <param name="options">The shape of the model.</param>
    /// <exception cref="ArgumentException">The options do not fit each other.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Stream stream, RandomModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Describe(options).Write(stream);
    }

    /// <summary>Declares the metadata and the tensors of the model, for a caller that adds to them or damages them.</summary>
    internal static GgufWriter Describe(RandomModelOptions options)
    {
        if (options.FindProblem() is string problem)
        {
            throw new ArgumentException($"The random model cannot be made: {problem}.", nameof(options));
        }

        GgufWriter writer = new();
        AddShape(writer, options);
        AddTokenizer(writer, options);
        AddMetadata(writer, options);
        AddTensors(writer, options);
        return writer;
    }

    private static void AddShape(GgufWriter writer, RandomModelOptions options)
    {
        writer.Add("general.architecture", "llama")
            .Add("general.type", "model")
            .Add("general.name", options.Name)
            .Add("general.file_type", FileType(options.WeightType))
            .Add("llama.context_length", (uint)options.ContextLength)
            .Add("llama.embedding_length", (uint)options.EmbeddingLength)
            .Add("llama.block_count", (uint)options.LayerCount)
            .Add("llama.feed_forward_length", (uint)options.FeedForwardLength)
            .Add("llama.rope.dimension_count", (uint)(options.EmbeddingLength / options.HeadCount))
            .Add("llama.attention.head_count", (uint)options.HeadCount)
            .Add("llama.attention.head_count_kv", (uint)options.HeadCountKv)
            .Add("llama.attention.layer_norm_rms_epsilon", RmsEpsilon)
            .Add("llama.vocab_size", (uint)options.VocabularySize);
    }

    private static void AddTokenizer(GgufWriter writer, RandomModelOptions options)
    {
        RandomVocabulary vocabulary = new(options.VocabularySize, options.UserDefinedTokens, options.ControlTokens);
        writer.Add("tokenizer.ggml.model", "llama")
            .AddArray("tokenizer.ggml.tokens", vocabulary.Tokens)
            .AddArray("tokenizer.ggml.scores", vocabulary.Scores)
            .AddArray("tokenizer.ggml.token_type", vocabulary.Types)
            .Add("tokenizer.ggml.bos_token_id", RandomVocabulary.BeginOfSequence)
            .Add("tokenizer.ggml.eos_token_id", RandomVocabulary.EndOfSequence)
            .Add("tokenizer.ggml.unknown_token_id", RandomVocabulary.Unknown)
            .Add("tokenizer.ggml.add_bos_token", true)
            .Add("tokenizer.ggml.add_eos_token", false)
            .Add("tokenizer.ggml.add_space_prefix", false); // text comes back exactly as it went in
        if (options.ChatTemplate is not null)
        {
            writer.Add("tokenizer.chat_template", options.ChatTemplate);
        }
    }

    private static void AddMetadata(GgufWriter writer, RandomModelOptions options)
    {
        foreach ((string key, object value) in options.Metadata)
        {
            _ = value switch
            {
                string text => writer.Add(key, text),
                bool flag => writer.Add(key, flag),
                int number => writer.Add(key, number),
                uint number => writer.Add(key, number),
                float number => writer.Add(key, number),
                _ => throw new ArgumentException($"The random model cannot be made: {nameof(RandomModelOptions.Metadata)} has '{key}' of the type {value?.GetType().Name ?? "null"}; string, bool, int, uint and float can be written.", nameof(options)),
            };
        }
    }

    private static void AddTensors(GgufWriter writer, RandomModelOptions options)
    {
        int width = options.EmbeddingLength;
        int keyWidth = width / options.HeadCount * options.HeadCountKv;
        Weights weights = new(writer, options);
        weights.Add("token_embd.weight", width, options.VocabularySize, deviation: 1);
        for (int layer = 0; layer < options.LayerCount; layer++)
        {
            weights.AddNorm($"blk.{layer}.attn_norm.weight");
            weights.Add($"blk.{layer}.attn_q.weight", width, width);
            weights.Add($"blk.{layer}.attn_k.weight", width, keyWidth);
            weights.Add($"blk.{layer}.attn_v.weight", width, keyWidth);
            weights.Add($"blk.{layer}.attn_output.weight", width, width);
            weights.AddNorm($"blk.{layer}.ffn_norm.weight");
            weights.Add($"blk.{layer}.ffn_gate.weight", width, options.FeedForwardLength);
            weights.Add($"blk.{layer}.ffn_up.weight", width, options.FeedForwardLength);
            weights.Add($"blk.{layer}.ffn_down.weight", options.FeedForwardLength, width);
        }

        weights.AddNorm("output_norm.weight");

        // Logits with a deviation of 2: neither one token for certain nor all alike. Rows of zeros give control
        // tokens and single bytes the logit 0, which is never the largest: greedy text is made of whole characters.
        weights.Add("output.weight", width, options.VocabularySize, deviation: 2 / MathF.Sqrt(width), weightOfRow: id => id < options.VocabularySize - options.UserDefinedTokens.Count - options.ControlTokens.Count ? RandomVocabulary.WeightOf(id) : 0);
    }

    /// <summary>The mixture as <c>llama.h</c>, <c>llama_ftype</c> numbers it.</summary>
    private static uint FileType(GgmlType type) => type == GgmlType.Q8_0 ? 7 : (uint)type;

    /// <summary>Declares tensors that draw their numbers when they are written, each from its own seed.</summary>
    private sealed class Weights(GgufWriter writer, RandomModelOptions options)
    {
        private ulong _count;

        public void AddNorm(string name)
        {
            float[] ones = new float[options.EmbeddingLength];
            Array.Fill(ones, 1);
            writer.AddTensor(name, GgmlType.F32, [ones.Length], ones);
        }

        public void Add(string name, int columns, int rows, float? deviation = null, Func<int, float>? weightOfRow = null)
        {
            // 1/sqrt(n) keeps the size of a vector of n numbers as it passes through the matrix.
            float scale = deviation ?? 1 / MathF.Sqrt(columns);
            ulong seed = options.Seed + (++_count << 32);
            writer.AddTensor(name, options.WeightType, [columns, rows], stream =>
            {
                RandomNumbers random = new(seed);
                float[] values = new float[columns];
                byte[] bytes = new byte[GgmlTypes.RowBytes(options.WeightType, columns)];
                for (int row = 0; row < rows; row++)
                {
                    random.Fill(values, scale * (weightOfRow?.Invoke(row) ?? 1));
                    GgmlQuantizer.Encode(options.WeightType, values, bytes);
                    stream.Write(bytes);
                }
            });
        }
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine and every version of .NET.</summary>
    private sealed class RandomNumbers(ulong seed)
    {
        private const float Sqrt3 = 1.7320508f; // uniform numbers in [-sqrt 3, sqrt 3] have the deviation 1

        private ulong _state = seed;

        public void Fill(Span<float> values, float deviation)
        {
            float factor = deviation * Sqrt3 / (1 << 23);
            foreach (ref float value in values)
            {
                value = ((int)(Next() >> 40) - (1 << 23)) * factor;
            }
        }

        private ulong Next()
        {
            ulong z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
