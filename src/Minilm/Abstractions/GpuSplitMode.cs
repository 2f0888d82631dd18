namespace Minilm;

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
