using System.Text.Json;
using Minilm.Gguf;

namespace Minilm.Companion.Export;

/// <summary>Writes what training left as a GGUF file of the architecture <c>llama</c>, with 32-bit weights.</summary>
internal static class ModelFile
{
    /// <summary>The version of the model: it counts on with every training whose file is published.</summary>
    public const string Version = "0.6.0";

    /// <summary>The turns of a conversation; llama.cpp knows it as <c>phi3</c>.</summary>
    private const string ChatTemplate =
        "{% for message in messages %}{{ '<|' + message['role'] + '|>\\n' + message['content'] + '<|end|>\\n' }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}";

    public static void Write(string folder, string path)
    {
        using JsonDocument shape = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "shape.json")));
        using JsonDocument tokenizer = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")));
        SafeTensors weights = SafeTensors.Read(Path.Combine(folder, "weights.safetensors"));
        var writer = new GgufWriter();
        AddDescription(writer);
        AddShape(writer, shape.RootElement, weights);
        AddTokenizer(writer, tokenizer.RootElement);
        foreach (string name in weights.Names)
        {
            writer.AddTensor(name, GgmlType.F32, [.. weights.Shape(name).Reverse()], weights.Values<float>(name));
        }
        writer.Write(path);
    }

    private static void AddDescription(GgufWriter writer)
    {
        writer.Add("general.architecture", "llama")
            .Add("general.type", "model")
            .Add("general.name", "Minilm Companion")
            .Add("general.basename", "minilm-companion")
            .Add("general.author", "The Minilm authors")
            .Add("general.organization", "Minilm")
            .Add("general.version", Version)
            .Add("general.license", "mit")
            .Add("general.license.name", "MIT")
            .Add("general.size_label", "2.9M")
            .Add("general.description", "Short replies of characters with a temperament, in English. Trained on sentences of the project's own grammar.")
            .AddArray("general.languages", ["en"])
            .AddArray("general.tags", ["text-generation", "companion", "character"])
            .Add("general.file_type", 0u)
            .Add("general.sampling.temp", Recommended.Temperature)
            .Add("general.sampling.top_k", Recommended.TopK)
            .Add("general.sampling.top_p", Recommended.TopP)
            .Add("general.sampling.penalty_repeat", Recommended.RepeatPenalty);
    }

    private static void AddShape(GgufWriter writer, JsonElement shape, SafeTensors weights)
    {
        long vocabulary = weights.Shape("token_embd.weight")[0];
        long width = weights.Shape("token_embd.weight")[1];
        uint heads = shape.GetProperty("heads").GetUInt32();
        writer.Add("llama.context_length", shape.GetProperty("context").GetUInt32())
            .Add("llama.embedding_length", (uint)width)
            .Add("llama.block_count", (uint)weights.Names.Count(name => name.EndsWith(".attn_q.weight", StringComparison.Ordinal)))
            .Add("llama.feed_forward_length", shape.GetProperty("feed_forward").GetUInt32())
            .Add("llama.rope.dimension_count", (uint)(width / heads))
            .Add("llama.rope.freq_base", shape.GetProperty("rope_base").GetSingle())
            .Add("llama.attention.head_count", heads)
            .Add("llama.attention.head_count_kv", heads)
            .Add("llama.attention.layer_norm_rms_epsilon", shape.GetProperty("epsilon").GetSingle())
            .Add("llama.vocab_size", (uint)vocabulary);
    }

    private static void AddTokenizer(GgufWriter writer, JsonElement tokenizer)
    {
        uint end = tokenizer.GetProperty("end").GetUInt32();
        writer.Add("tokenizer.ggml.model", "llama")
            .Add("tokenizer.ggml.pre", "default")
            .AddArray("tokenizer.ggml.tokens", [.. tokenizer.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()!)])
            .AddArray("tokenizer.ggml.scores", tokenizer.GetProperty("scores").EnumerateArray().Select(score => score.GetSingle()).ToArray())
            .AddArray("tokenizer.ggml.token_type", tokenizer.GetProperty("types").EnumerateArray().Select(type => type.GetInt32()).ToArray())
            .Add("tokenizer.ggml.unknown_token_id", 0u)
            .Add("tokenizer.ggml.bos_token_id", 1u)
            .Add("tokenizer.ggml.eos_token_id", end)
            .Add("tokenizer.ggml.eot_token_id", end)
            .Add("tokenizer.ggml.add_bos_token", false)
            .Add("tokenizer.ggml.add_eos_token", false)
            .Add("tokenizer.ggml.add_space_prefix", false)
            .Add("tokenizer.chat_template", ChatTemplate);
    }
}
