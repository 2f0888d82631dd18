using Minilm.Gguf;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm.Tests.Interop;

/// <summary>What must be seen from outside of a process: <c>dotnet Minilm.Tests.dll COMMAND</c>. Tests start it; nobody else does.</summary>
internal static class ChildProgram
{
    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["load"]:
                Load();
                return 0;
            case ["guards", string list]:
                GuardedCalls.PrintAll(list);
                return 0;
            case ["fail", string folder]:
                Fail(folder);
                return 0;
            default:
                return 2; // the test platform runs the tests, not this program
        }
    }

    private static void Load()
    {
        try
        {
            Console.WriteLine($"loaded {NativeLibraryLoader.Load(null)}");
        }
        catch (NativeLibraryException e)
        {
            Console.WriteLine($"refused: {e.Message}");
        }
    }

    /// <summary>Everything that libllama complains about, loudly.</summary>
    private static unsafe void Fail(string folder)
    {
        LlamaRuntime.Initialize();
        var parameters = new minilm_model_params { size = (uint)sizeof(minilm_model_params) };
        NativeMethods.minilm_model_default_params(&parameters);
        foreach (string file in Directory.EnumerateFiles(folder, "*.gguf").Append(Path.Combine(folder, "missing.gguf")).Order(StringComparer.Ordinal))
        {
            using SafeLlamaModelHandle model = SafeLlamaModelHandle.Load(file, parameters);
            Console.WriteLine(model.IsInvalid ? $"{Path.GetFileName(file)}: {NativeFailure.Load("refused").Message.ReplaceLineEndings(" ")}" : $"{Path.GetFileName(file)}: loaded");
            if (!model.IsInvalid)
            {
                using SafeLlamaAdapterHandle adapter = SafeLlamaAdapterHandle.Load(model, file);
                Console.WriteLine(adapter.IsInvalid ? $"adapter: {NativeFailure.Load("refused").Message.ReplaceLineEndings(" ")}" : "adapter: loaded");
            }
        }
        var quantize = new minilm_quantize_params { size = (uint)sizeof(minilm_quantize_params), ftype = (int)GgmlFileType.Q8_0 };
        uint result = NativeMethods.minilm_quantize(Path.Combine(folder, "missing.gguf"), Path.Combine(folder, "output.gguf"), &quantize);
        Console.WriteLine(result == 0 ? "quantize: done" : $"quantize: {NativeFailure.Load("refused").Message.ReplaceLineEndings(" ")}");
    }
}
