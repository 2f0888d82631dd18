using Minilm.Gguf;

namespace Minilm.Tests.Support;

/// <summary>Models with random weights, written once per test run and deleted at its end.</summary>
internal static class TinyModels
{
    private static readonly Lazy<string> Folder = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("minilm-models-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    private static readonly Lazy<string> Tiny = new(() => Write("tiny.gguf", RandomModelOptions.Tiny));

    /// <summary>A model of <see cref="RandomModelOptions.Tiny"/>. Read it only.</summary>
    public static string TinyPath => Tiny.Value;

    /// <summary>Writes another model into the same folder.</summary>
    public static string Write(string name, RandomModelOptions options)
    {
        string path = Path.Combine(Folder.Value, name);
        RandomModelWriter.Write(path, options);
        return path;
    }
}
