using Minilm.Gguf;

namespace Minilm.Cli.Output;

/// <summary>What <c>info --json</c> prints. Native is null when the native library cannot be used; standard error says why.</summary>
internal sealed record InfoResult(string Version, NativeResult? Native, ModelResult? Model);

/// <summary>The native library and its devices.</summary>
internal sealed record NativeResult(
    string LlamaCpp,
    string Ggml,
    string Commit,
    string CompiledAgainst,
    string Compiler,
    int SeamVersion,
    string LibraryPath,
    string SystemInfo,
    IReadOnlyList<DeviceResult> Devices)
{
    public static NativeResult Read()
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
}

/// <summary>A device that can compute; memory in bytes.</summary>
internal sealed record DeviceResult(string Name, string Description, NativeDeviceType Type, long FreeMemory, long TotalMemory);

/// <summary>What a file says about the model in it. What it does not say is null; Problem says why the model cannot be loaded. Memory is for the default context.</summary>
internal sealed record ModelResult(
    string Path,
    long FileBytes,
    int GgufVersion,
    string? Name,
    string? Architecture,
    long Parameters,
    string? Quantization,
    int? ContextLength,
    int? EmbeddingLength,
    int? Layers,
    int? VocabularySize,
    string? Tokenizer,
    bool HasChatTemplate,
    bool IsVocabularyOnly,
    string? Problem,
    ModelMemoryEstimate? Memory)
{
    public static ModelResult Read(string path)
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
