using System.ComponentModel.DataAnnotations;
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

    /// <summary>Gets or sets a value indicating whether the file is mapped into memory instead of read. Default: true.</summary>
    public bool UseMemoryMap { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether every weight is checked while loading. Slow; for files of doubtful origin.</summary>
    public bool CheckTensors { get; set; }

    /// <summary>Gets or sets the default number of tokens to generate. Default: 128.</summary>
    [InRange(int.MinValue, int.MaxValue)]
    public int MaxTokens { get; set; }

    /// <summary>Gets or sets the default temperature. Default: 0.7.</summary>
    [InRange(0, 100)]
    public float Temperature { get; set; } = 0.7f;

    /// <summary>Gets or sets the default nucleus (top-p). Default: 0.9.</summary>
    [InRange(0, 1)]
    public float TopP { get; set; } = 0.9f;

    /// <summary>Gets or sets the default top-k; 0 considers all tokens. Default: 40.</summary>
    [InRange(0, int.MaxValue)]
    public int TopK { get; set; } = 40;

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

    /// <summary>Copies the options.</summary>
    /// <returns>A copy that may be changed by itself.</returns>
    public LlamaModelOptions Copy() => (LlamaModelOptions)MemberwiseClone();

    /// <summary>Copies the options, with every default filled in that does not depend on the file.</summary>
    internal LlamaModelOptions WithDefaults()
    {
        LlamaModelOptions copy = Copy();
        copy.Threads = Threads > 0 ? Threads : DefaultThreads;
        copy.PromptThreads = PromptThreads > 0 ? PromptThreads : copy.Threads;
        copy.MicroBatchSize = MicroBatchSize > 0 ? MicroBatchSize : LlamaContextOptions.DefaultMicroBatchSize;
        copy.MaxTokens = MaxTokens > 0 ? MaxTokens : 128;
        return copy;
    }

    internal LlamaContextOptions ToContextOptions() => new()
    {
        MicroBatchSize = MicroBatchSize,
        Threads = Threads,
        PromptThreads = PromptThreads,
        FlashAttention = FlashAttention,
    };

    /// <summary>The context that the model's own calls take turns on.</summary>
    internal LlamaContextOptions ToOwnContextOptions() => ToContextOptions() with
    {
        MaxSequences = Math.Max(CachedSequences, 1),
        UnifiedMemory = CachedSequences > 1,
    };
}
