using Minilm.Cli.Output;
using Minilm.Gguf;

namespace Minilm.Cli.Commands;

/// <summary>Finds out what <c>info</c> shows.</summary>
internal static class InfoReader
{
    /// <summary>Asks libllama and the seam for their versions and devices.</summary>
    /// <exception cref="NativeLibraryException">They cannot be loaded.</exception>
    public static NativeResult ReadNative()
    {
        NativeVersions versions = LlamaRuntime.Initialize();
        return new NativeResult(
            versions.Llama,
            versions.Ggml,
            versions.Commit,
            versions.CompiledLlama,
            versions.Compiler,
            versions.SeamVersion,
            versions.LibraryPath,
            versions.SystemInfo,
            [.. LlamaRuntime.Devices.Select(device => new DeviceResult(device.Name, device.Description, device.Type, device.FreeMemory, device.TotalMemory))]);
    }

    /// <summary>Reads what a file says about the model in it.</summary>
    /// <exception cref="GgufException">It is not a GGUF file.</exception>
    public static ModelResult ReadModel(string path)
    {
        GgufFile file = GgufFile.Read(path);
        GgufModelFacts facts = file.Facts;
        return new ModelResult(
            path,
            file.FileLength,
            file.Version,
            facts.Name,
            facts.Architecture,
            facts.ParameterCount,
            facts.QuantizationName,
            facts.ContextLength,
            facts.EmbeddingLength,
            facts.BlockCount,
            facts.VocabularySize,
            facts.TokenizerModel,
            facts.HasChatTemplate,
            facts.IsVocabularyOnly,
            FindProblem(file),
            Estimate(path));
    }

    private static ModelMemoryEstimate? Estimate(string path)
    {
        try
        {
            return LlamaModel.EstimateMemory(new LlamaModelOptions { ModelPath = path });
        }
        catch (ModelLoadException)
        {
            return null; // Problem says why
        }
    }

    private static string? FindProblem(GgufFile file)
    {
        try
        {
            if (file.Facts.IsVocabularyOnly)
            {
                GgufModelValidator.ValidateVocabulary(file);
            }
            else
            {
                GgufModelValidator.Validate(file);
            }
            return null;
        }
        catch (GgufException e)
        {
            return e.Message;
        }
    }
}
