namespace Minilm.Cli.Output;

/// <summary>What <c>info --json</c> prints. Native is null when libllama cannot be used; standard error says why.</summary>
internal sealed record InfoResult(string Version, NativeResult? Native, ModelResult? Model);

/// <summary>libllama, the seam to it, and the devices that it knows.</summary>
internal sealed record NativeResult(
    string LlamaCpp,
    string Ggml,
    string Commit,
    string CompiledAgainst,
    string Compiler,
    int SeamVersion,
    string LibraryPath,
    string SystemInfo,
    IReadOnlyList<DeviceResult> Devices);

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
    ModelMemoryEstimate? Memory);
