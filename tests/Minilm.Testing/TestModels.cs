namespace Minilm.Testing;

/// <summary>Models that the tests generate once per run, and files in a folder that is deleted afterwards.</summary>
public static class TestModels
{
    private static readonly Lazy<string> Folder = new(() => Directory.CreateTempSubdirectory("minilm-tests-").FullName);
    private static readonly Lazy<string> TinyFile = new(() => Write("tiny.gguf", RandomModelOptions.Tiny));
    private static readonly Lazy<string> SlowFile = new(() => Write("slow.gguf", RandomModelOptions.Size30M));

    /// <summary>Gets the model in the box, which really talks; its context is 512 tokens.</summary>
    public static string Companion => Repository.PathOf("assets/models/minilm-companion.gguf");

    /// <summary>Gets a model of half a megabyte with random weights and a context of 512 tokens.</summary>
    public static string Tiny => TinyFile.Value;

    /// <summary>Gets a model of 30 million parameters, whose prefill of a full context takes long enough to be interrupted.</summary>
    public static string Slow => SlowFile.Value;

    public static string Write(string name, RandomModelOptions options)
    {
        string path = PathOf(name);
        RandomModelWriter.Write(path, options);
        return path;
    }

    public static string PathOf(string name) => Path.Combine(Folder.Value, name);

    public static void Delete()
    {
        if (Folder.IsValueCreated)
        {
            Directory.Delete(Folder.Value, recursive: true);
        }
    }

    /// <summary>Loads the tiny model on one thread.</summary>
    public static LlamaModel LoadTiny(Action<LlamaModelOptions>? configure = null, LlamaThreadPool? threadPool = null) => Load(Tiny, configure, threadPool);

    public static LlamaModel Load(string path, Action<LlamaModelOptions>? configure = null, LlamaThreadPool? threadPool = null)
    {
        var options = new LlamaModelOptions { ModelPath = path, Threads = 1 };
        configure?.Invoke(options);
        var model = new LlamaModel(options, threadPool: threadPool);
        model.Initialize();
        return model;
    }
}
