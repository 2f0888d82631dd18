using System.ComponentModel.DataAnnotations;
using Minilm.Abstractions;

namespace Minilm;

/// <summary>Configures a <see cref="LlamaModel"/>. What is null takes the default; <see cref="LlamaComputeOptions.ContextSize"/> is by default 2048, or what the model was trained for if that is less.</summary>
public sealed record LlamaModelOptions : LlamaComputeOptions
{
    /// <summary>The context window that is used when none is configured, in tokens, if the model allows it.</summary>
    public const int DefaultContextSize = 2048;

    /// <summary>The tokens that a call generates at most when nothing is configured.</summary>
    public const int DefaultMaxTokens = 128;

    /// <summary>What libllama wants of the place of weights that it maps, in bytes.</summary>
    internal const int MappedAlignment = 32;

    /// <summary>Gets the number of threads that are used when none is configured: the physical cores of this machine. More make decoding slower.</summary>
    public static int DefaultThreads => Machine.PhysicalCores;

    /// <summary>Gets or sets the path of the GGUF file.</summary>
    [Required(ErrorMessage = "model path is required: set ModelPath to a GGUF file")]
    public string ModelPath { get; set; } = "";

    /// <summary>Gets or sets the number of layers on the GPU; more than the model has are all. Default: 0.</summary>
    [InRange(0, int.MaxValue)]
    public int? GpuLayers { get; set; }

    /// <summary>Gets or sets a value indicating whether every weight is checked while loading. Slow; for files of doubtful origin.</summary>
    public bool CheckTensors { get; set; }

    /// <summary>Gets or sets the default number of tokens to generate. Default: 128.</summary>
    [InRange(1, int.MaxValue)]
    public int? MaxTokens { get; set; }

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
    [InRange(1, 256)]
    public int? CachedSequences { get; set; }

    /// <summary>Gets or sets the chat template: the name of one that llama.cpp has built in (<c>chatml</c>, <c>llama3</c>, …) or a template's text. Default: the one that the model states.</summary>
    public string? ChatTemplate { get; set; }

    /// <summary>Gets or sets where the native library is: its folder or its file. Default: searched (see the README).</summary>
    public string? NativeLibraryPath { get; set; }

    /// <summary>Gets or sets where the model begins in the file, in bytes: for a model inside of a larger file, which then may have any extension. At a multiple of 32 it can be mapped. Older versions of libllama load it from a temporary copy. Default: 0.</summary>
    [InRange(0, long.MaxValue)]
    public long ModelOffset { get; set; }

    /// <summary>Gets or sets how the weights come into memory. Default: <see cref="ModelLoadMode.Buffered"/> where the <see cref="ModelOffset"/> does not allow a map, else libllama decides.</summary>
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

    /// <summary>Gets a value indicating whether the file is known to be the model that is meant, whatever its name.</summary>
    internal bool AnyExtension { get; init; }

    /// <summary>Gets the load mode to ask libllama for; Auto leaves it to libllama.</summary>
    internal ModelLoadMode EffectiveLoadMode => LoadMode == ModelLoadMode.Auto && ModelOffset % MappedAlignment != 0 ? ModelLoadMode.Buffered : LoadMode;

    /// <summary>Copies the options.</summary>
    /// <returns>A copy that may be changed by itself.</returns>
    public LlamaModelOptions Copy() => this with { };

    internal override IEnumerable<string> FindProblems()
    {
        foreach (string problem in base.FindProblems())
        {
            yield return problem;
        }
        if (Devices is null || Devices.Any(string.IsNullOrWhiteSpace))
        {
            yield return $"{nameof(Devices)} is null or has an empty name; name devices as LlamaRuntime.Devices does";
        }
        if (LoadMode is ModelLoadMode.Mapped or ModelLoadMode.MappedLocked && ModelOffset % MappedAlignment != 0)
        {
            yield return $"{nameof(LoadMode)} is {LoadMode}, but {nameof(ModelOffset)} is {ModelOffset}: a model can be mapped only from a multiple of {MappedAlignment}. Leave the mode to Auto, which reads it then";
        }
        if (TensorOverrides is null)
        {
            yield return $"{nameof(TensorOverrides)} is null; leave it empty for none";
        }
        foreach (TensorBufferOverride? tensors in TensorOverrides ?? [])
        {
            if ((tensors is null ? "has an entry that is null" : tensors.FindProblem()) is { } problem)
            {
                yield return $"{nameof(TensorOverrides)} {problem}";
            }
        }
    }

    /// <summary>Copies the options, with every default filled in that does not depend on the file.</summary>
    internal LlamaModelOptions WithDefaults(int? poolThreads = null)
    {
        int threads = Threads ?? poolThreads ?? DefaultThreads;
        return this with
        {
            Threads = threads,
            PromptThreads = PromptThreads ?? threads,
            MicroBatchSize = MicroBatchSize ?? DefaultMicroBatchSize,
            MaxTokens = MaxTokens ?? DefaultMaxTokens,
            Devices = [.. Devices],
            TensorOverrides = [.. TensorOverrides],
        };
    }

    /// <summary>Copies the options for a model at another place.</summary>
    internal LlamaModelOptions At(string path, long offset) => this with { ModelPath = path, ModelOffset = offset, AnyExtension = true };

    internal LlamaContextOptions ToContextOptions() => new(this);

    /// <summary>The context that the model's own calls take turns on.</summary>
    internal LlamaContextOptions ToOwnContextOptions() => ToContextOptions() with { MaxSequences = CachedSequences, UnifiedMemory = CachedSequences > 1 };
}
