using System.ComponentModel.DataAnnotations;
using Minilm.Abstractions;

namespace Minilm;

/// <summary>What the options of a model and of a context share: sizes, threads and the KV memory. What is null takes the default.</summary>
public abstract record LlamaComputeOptions : IValidatableObject
{
    /// <summary>
    /// The micro-batch that is used when none is configured, in tokens. A quarter of llama.cpp's own default: on a CPU
    /// the prompt is processed as fast, and a deadline in the middle of it holds four times as closely.
    /// </summary>
    public const int DefaultMicroBatchSize = 128;

    /// <summary>Gets or sets the context window in tokens. Default: that of the model, see the derived type.</summary>
    [InRange(1, int.MaxValue)]
    public int? ContextSize { get; set; }

    /// <summary>Gets or sets how many tokens are computed at once (the micro-batch, n_ubatch). Default: 128, or the batch if that is less.</summary>
    [InRange(1, 65536)]
    public int? MicroBatchSize { get; set; }

    /// <summary>Gets or sets the number of threads that decode. Default: the physical cores.</summary>
    [InRange(1, 512)]
    public int? Threads { get; set; }

    /// <summary>Gets or sets the number of threads that process prompts. Default: <see cref="Threads"/>.</summary>
    [InRange(1, 512)]
    public int? PromptThreads { get; set; }

    /// <summary>Gets or sets when flash attention is used. Default: libllama decides; on a CPU it uses it.</summary>
    [InRange(-1, 1)]
    public FlashAttention FlashAttention { get; set; } = FlashAttention.Auto;

    /// <summary>Gets or sets the type of the keys in the KV memory: F32, F16, Q8_0 or Q4_0. Default: F16.</summary>
    public GgmlType KeyType { get; set; } = GgmlType.F16;

    /// <summary>Gets or sets the type of the values in the KV memory: F32, F16, Q8_0 or Q4_0. The quantized ones need flash attention. Default: F16.</summary>
    public GgmlType ValueType { get; set; } = GgmlType.F16;

    /// <summary>Finds what the options say wrongly together.</summary>
    /// <returns>A sentence for each problem, which names the options and their values.</returns>
    internal virtual IEnumerable<string> FindProblems()
    {
        foreach ((GgmlType type, string name) in new[] { (KeyType, nameof(KeyType)), (ValueType, nameof(ValueType)) })
        {
            if (type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.Q8_0 or GgmlType.Q4_0))
            {
                yield return $"{name} is {type}; it must be F32, F16, Q8_0 or Q4_0";
            }
        }
        if (FlashAttention == FlashAttention.Off && ValueType is (GgmlType.Q8_0 or GgmlType.Q4_0))
        {
            yield return $"{nameof(ValueType)} is {ValueType}, which needs flash attention, and {nameof(FlashAttention)} is Off. Set it to On, or the type to F16";
        }
    }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext) => OptionsRules.ToResults(FindProblems());
}
