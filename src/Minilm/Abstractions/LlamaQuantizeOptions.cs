namespace Minilm;

/// <summary>Configures <see cref="LlamaQuantizer"/>. What is null takes the default.</summary>
public sealed record LlamaQuantizeOptions
{
    /// <summary>Gets the number of threads. Default: the physical cores.</summary>
    [InRange(1, 512)]
    public int? Threads { get; init; }

    /// <summary>Gets a value indicating whether an output file that exists is replaced. Default: false, an error.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Gets a value indicating whether weights that are quantized already may be quantized again, which loses more than from the original. Default: false, an error.</summary>
    public bool AllowRequantize { get; init; }

    /// <summary>Gets a value indicating whether all tensors get one type, instead of the mixture. Default: false.</summary>
    public bool Pure { get; init; }
}
