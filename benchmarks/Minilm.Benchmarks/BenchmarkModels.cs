using Minilm.Gguf;
using Minilm.Testing;

namespace Minilm.Benchmarks;

/// <summary>Models that the benchmarks run on: generated once into the temporary folder, the same bytes on every machine.</summary>
internal static class BenchmarkModels
{
    public static string Tiny => Generate("tiny", RandomModelOptions.Tiny);

    public static string Size30M => Generate("30m", RandomModelOptions.Size30M);

    public static LlamaModel Load(string path, Action<LlamaModelOptions>? configure = null)
    {
        var options = new LlamaModelOptions { ModelPath = path, Threads = 1 };
        configure?.Invoke(options);
        var model = new LlamaModel(options);
        model.Initialize();
        return model;
    }

    public static CompletionOptions Endless(LlamaModel model, int tokens) => new()
    {
        Temperature = 0,
        MaxTokens = tokens,
        CachePrompt = false, // each call is measured whole
        LogitBias = new Dictionary<int, float> { [model.Vocab.EndOfText!.Value] = float.NegativeInfinity },
    };

    /// <summary>The layers of the large model with few tokens, most of which a caller can forbid at little cost.</summary>
    public static string FewTokens(GgmlType type) => Generate($"30m-416-{type}", RandomModelOptions.Size30M with { VocabularySize = 416, WeightType = type });

    /// <summary>The tiny model with as many tokens.</summary>
    public static string WithVocabulary(int size) => Generate($"tiny-{size}", RandomModelOptions.Tiny with { VocabularySize = size });

    private static string Generate(string name, RandomModelOptions options)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "minilm-benchmarks")).FullName;
        string path = Path.Combine(folder, $"{name}-{options.Seed}.gguf");
        if (!File.Exists(path))
        {
            RandomModelWriter.Write(path, options);
        }
        return path;
    }
}
