using System.ComponentModel.DataAnnotations;
using Minilm.Gguf;
using Minilm.Runtime;
using Minilm.Validation;

namespace Minilm;

/// <summary>Says when flash attention is used.</summary>
public enum FlashAttention
{
    /// <summary>The library decides.</summary>
    Auto = -1,

    /// <summary>Never.</summary>
    Off = 0,

    /// <summary>Always.</summary>
    On = 1,
}

/// <summary>Says how the weights come into memory (<c>llama.h</c>, <c>llama_load_mode</c>).</summary>
public enum ModelLoadMode
{
    /// <summary>The library decides by the devices; on a CPU it maps.</summary>
    Auto = -1,

    /// <summary>Reads the file into memory.</summary>
    Buffered = 0,

    /// <summary>Maps the file into memory: pages are shared between processes and read when they are needed.</summary>
    Mapped = 1,

    /// <summary>Reads the file and keeps it from being swapped out (mlock), where the system's limits allow it; a warning in the log says when not.</summary>
    Locked = 2,

    /// <summary>Maps the file and keeps it from being swapped out (mlock), where the system's limits allow it; a warning in the log says when not.</summary>
    MappedLocked = 3,

    /// <summary>Reads the file past the page cache, where the file system can; elsewhere as <see cref="Buffered"/>.</summary>
    DirectIo = 4,
}

/// <summary>Says how a model is spread over several GPUs (<c>llama.h</c>, <c>llama_split_mode</c>).</summary>
public enum GpuSplitMode
{
    /// <summary>All on <see cref="LlamaModelOptions.MainGpu"/>.</summary>
    None = 0,

    /// <summary>Whole layers, with their KV memory.</summary>
    Layer = 1,

    /// <summary>Rows of each matrix.</summary>
    Row = 2,
}

/// <summary>Puts tensors into a kind of memory that is not the one of their layer.</summary>
/// <param name="Pattern">A regular expression (ECMAScript) that is searched for in the names of tensors, such as <c>ffn_(up|down)</c>.</param>
/// <param name="BufferType">The name of the memory, such as <c>CPU</c>; an unknown one is an error that names the known ones.</param>
public sealed record TensorBufferOverride(string Pattern, string BufferType);

/// <summary>Configures a <see cref="LlamaModel"/>. Sizes and counts that are 0 or less mean the default.</summary>
public sealed class LlamaModelOptions
{
    /// <summary>The context window that is used when none is configured, in tokens, if the model allows it.</summary>
    public const int DefaultContextSize = 2048;

    /// <summary>Gets the number of threads that are used when none is configured: the physical cores of this machine. More make decoding slower.</summary>
    public static int DefaultThreads => Machine.PhysicalCores;

    /// <summary>Gets or sets the path of the GGUF file.</summary>
    [Required(ErrorMessage = "model path is required: set ModelPath to a GGUF file")]
    public string ModelPath { get; set; } = "";

    /// <summary>Gets or sets the context window in tokens. Default: 2048, or what the model was trained for if that is less.</summary>
    [InRange(int.MinValue, int.MaxValue)]
    public int ContextSize { get; set; }

    /// <summary>Gets or sets the number of threads that decode. Default: the physical cores.</summary>
    [InRange(int.MinValue, 512)]
    public int Threads { get; set; }

    /// <summary>Gets or sets the number of threads that process prompts. Default: <see cref="Threads"/>.</summary>
    [InRange(int.MinValue, 512)]
    public int PromptThreads { get; set; }

    /// <summary>Gets or sets how many prompt tokens are computed at once (the micro-batch, n_ubatch). Default: 128.</summary>
    [InRange(int.MinValue, 65536)]
    public int MicroBatchSize { get; set; }

    /// <summary>Gets or sets the number of layers on the GPU; negative is all. Default: 0.</summary>
    [InRange(-1, int.MaxValue)]
    public int GpuLayers { get; set; }

    /// <summary>Gets or sets when flash attention is used. Default: the library decides; on a CPU it does.</summary>
    [InRange(-1, 1)]
    public FlashAttention FlashAttention { get; set; } = FlashAttention.Auto;

    /// <summary>Gets or sets a value indicating whether the file is mapped into memory instead of read. Default: true. <see cref="LoadMode"/> says more.</summary>
    public bool UseMemoryMap { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether every weight is checked while loading. Slow; for files of doubtful origin.</summary>
    public bool CheckTensors { get; set; }

    /// <summary>Gets or sets the default number of tokens to generate. Default: 128.</summary>
    [InRange(int.MinValue, int.MaxValue)]
    public int MaxTokens { get; set; }

    /// <summary>Gets or sets the default temperature. Default: what the model recommends, else 0.7.</summary>
    [InRange(0, 100)]
    public float? Temperature { get; set; }

    /// <summary>Gets or sets the default nucleus (top-p). Default: what the model recommends, else 0.9.</summary>
    [InRange(0, 1)]
    public float? TopP { get; set; }

    /// <summary>Gets or sets the default top-k; 0 considers all tokens. Default: what the model recommends, else 40.</summary>
    [InRange(0, int.MaxValue)]
    public int? TopK { get; set; }

    /// <summary>Gets or sets a value indicating whether the sampling values that the model's file recommends (<c>general.sampling.*</c>, <see cref="Gguf.GgufModelFacts.Sampling"/>) are the defaults of what neither these options nor a call states. Default: true.</summary>
    public bool UseRecommendedSampling { get; set; } = true;

    /// <summary>
    /// Gets or sets how many conversations keep their beginning decoded (the prompt cache). They share the context
    /// window; the one that was silent longest makes room. Default: 1. A beginning that several share, such as a persona,
    /// is decoded once.
    /// </summary>
    [InRange(int.MinValue, 256)]
    public int CachedSequences { get; set; }

    /// <summary>Gets or sets the chat template: the name of one that llama.cpp has built in (<c>chatml</c>, <c>llama3</c>, …) or a template's text. Default: the one that the model states.</summary>
    public string? ChatTemplate { get; set; }

    /// <summary>Gets or sets where the native library is: its folder or its file. Default: searched (see the README).</summary>
    public string? NativeLibraryPath { get; set; }

    /// <summary>Gets or sets where the model begins in the file, in bytes: for a model inside of a larger file, which then may have any extension. At a multiple of 32 it can be mapped. Older versions of the native library load it from a temporary copy. Default: 0.</summary>
    [InRange(0, long.MaxValue)]
    public long ModelOffset { get; set; }

    /// <summary>Gets or sets how the weights come into memory. Default: <see cref="ModelLoadMode.Buffered"/> without <see cref="UseMemoryMap"/> or where the <see cref="ModelOffset"/> does not allow a map, else the library decides.</summary>
    [InRange(-1, 4)]
    public ModelLoadMode LoadMode { get; set; } = ModelLoadMode.Auto;

    /// <summary>Gets or sets the names of the devices that take layers, as in <see cref="LlamaRuntime.Devices"/>; the CPU is always there. Default: empty, all GPUs.</summary>
    public IReadOnlyList<string> Devices { get; set; } = [];

    /// <summary>Gets or sets how the model is spread over several GPUs. Default: whole layers.</summary>
    [InRange(0, 2)]
    public GpuSplitMode SplitMode { get; set; } = GpuSplitMode.Layer;

    /// <summary>Gets or sets the GPU that has all with <see cref="GpuSplitMode.None"/>: its number among those used. Default: 0.</summary>
    [InRange(0, int.MaxValue)]
    public int MainGpu { get; set; }

    /// <summary>Gets or sets a value indicating whether a model that was meant for a GPU may run on the CPU where there is none. Default: false, an error. A fallback is logged as a warning.</summary>
    public bool AllowCpuFallback { get; set; }

    /// <summary>Gets or sets which tensors go into another kind of memory; the first match counts. Default: none.</summary>
    public IReadOnlyList<TensorBufferOverride> TensorOverrides { get; set; } = [];

    /// <summary>Gets or sets the type of the keys in the KV memory: F32, F16, Q8_0 or Q4_0. Default: F16.</summary>
    public GgmlType KeyType { get; set; } = GgmlType.F16;

    /// <summary>Gets or sets the type of the values in the KV memory: F32, F16, Q8_0 or Q4_0. The quantized ones need flash attention. Default: F16.</summary>
    public GgmlType ValueType { get; set; } = GgmlType.F16;

    /// <summary>Gets or sets the threads that compute, shared with other models and contexts, which then take turns. Default: threads of its own.</summary>
    public LlamaThreadPool? ThreadPool { get; set; }

    /// <summary>Copies the options.</summary>
    /// <returns>A copy that may be changed by itself.</returns>
    public LlamaModelOptions Copy() => (LlamaModelOptions)MemberwiseClone();

    /// <summary>Copies the options, with every default filled in that does not depend on the file.</summary>
    internal LlamaModelOptions WithDefaults()
    {
        LlamaModelOptions copy = Copy();
        copy.Threads = Threads > 0 ? Threads : ThreadPool?.Threads ?? DefaultThreads;
        copy.Devices = [.. Devices];
        copy.TensorOverrides = [.. TensorOverrides];
        copy.PromptThreads = PromptThreads > 0 ? PromptThreads : copy.Threads;
        copy.MicroBatchSize = MicroBatchSize > 0 ? MicroBatchSize : LlamaContextOptions.DefaultMicroBatchSize;
        copy.MaxTokens = MaxTokens > 0 ? MaxTokens : 128;
        return copy;
    }

    /// <summary>Gets a value indicating whether the file is known to be the model that is meant, whatever its name.</summary>
    internal bool AnyExtension { get; private set; }

    /// <summary>Copies the options for a model at another place.</summary>
    internal LlamaModelOptions At(string path, long offset)
    {
        var copy = (LlamaModelOptions)MemberwiseClone();
        copy.ModelPath = path;
        copy.ModelOffset = offset;
        copy.AnyExtension = true;
        return copy;
    }

    internal LlamaContextOptions ToContextOptions() => new()
    {
        MicroBatchSize = MicroBatchSize,
        Threads = Threads,
        PromptThreads = PromptThreads,
        FlashAttention = FlashAttention,
        KeyType = KeyType,
        ValueType = ValueType,
        ThreadPool = ThreadPool,
    };

    /// <summary>The context that the model's own calls take turns on.</summary>
    internal LlamaContextOptions ToOwnContextOptions() => ToContextOptions() with
    {
        MaxSequences = Math.Max(CachedSequences, 1),
        UnifiedMemory = CachedSequences > 1,
    };
}
