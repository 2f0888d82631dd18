using Microsoft.Extensions.Options;
using Minilm.Grammars;

namespace Minilm.Validation;

/// <summary>Validates <see cref="LlamaModelOptions"/>; messages name the option, the value and the range.</summary>
[OptionsValidator]
public sealed partial class LlamaModelOptionsValidator : IValidateOptions<LlamaModelOptions>;

/// <summary>Validates <see cref="CompletionOptions"/>; messages name the option, the value and the range.</summary>
[OptionsValidator]
public sealed partial class CompletionOptionsValidator : IValidateOptions<CompletionOptions>;

/// <summary>Validates <see cref="LlamaContextOptions"/>; messages name the option, the value and the range.</summary>
[OptionsValidator]
public sealed partial class LlamaContextOptionsValidator : IValidateOptions<LlamaContextOptions>;

/// <summary>Validates <see cref="LlamaThreadPoolOptions"/>; messages name the option, the value and the range.</summary>
[OptionsValidator]
public sealed partial class LlamaThreadPoolOptionsValidator : IValidateOptions<LlamaThreadPoolOptions>;

/// <summary>Validates <see cref="LlamaQuantizeOptions"/>; messages name the option, the value and the range.</summary>
[OptionsValidator]
public sealed partial class LlamaQuantizeOptionsValidator : IValidateOptions<LlamaQuantizeOptions>;

/// <summary>Validates <see cref="EmbedderOptions"/>; messages name the option, the value and the range.</summary>
[OptionsValidator]
public sealed partial class EmbedderOptionsValidator : IValidateOptions<EmbedderOptions>;

internal static class OptionsDoor
{
    private static readonly LlamaModelOptionsValidator Model = new();
    private static readonly CompletionOptionsValidator Completion = new();
    private static readonly LlamaContextOptionsValidator Context = new();
    private static readonly LlamaThreadPoolOptionsValidator ThreadPool = new();
    private static readonly LlamaQuantizeOptionsValidator Quantize = new();
    private static readonly EmbedderOptionsValidator Embedder = new();

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static void Require(LlamaModelOptions options)
    {
        Require(Model.Validate(null, options), nameof(options));
        MemoryDoor.Require(options);
    }

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static void Require(CompletionOptions options)
    {
        Require(Completion.Validate(null, options), nameof(options));
        if (options.StopStrings.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException($"{nameof(options.StopStrings)} has an empty text; each must have at least one character", nameof(options));
        }
        if (options.DrySequenceBreakers is { } breakers)
        {
            SequenceBreakerDoor.Require(breakers, nameof(options.DrySequenceBreakers), nameof(options));
        }
        if (options is { GrammarTriggers: not null, Grammar: null })
        {
            throw new ArgumentException($"{nameof(options.GrammarTriggers)} is set without a {nameof(options.Grammar)} that could wait for them", nameof(options));
        }
        _ = StructuredOutput.GrammarOf(options);
    }

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static void Require(LlamaContextOptions options)
    {
        Require(Context.Validate(null, options), nameof(options));
        MemoryDoor.Require(options, nameof(options));
    }

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static void Require(LlamaThreadPoolOptions options) => Require(ThreadPool.Validate(null, options), nameof(options));

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static void Require(LlamaQuantizeOptions options) => Require(Quantize.Validate(null, options), nameof(options));

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static void Require(EmbedderOptions options) => Require(Embedder.Validate(null, options), nameof(options));

    private static void Require(ValidateOptionsResult result, string parameter)
    {
        if (result.Failed)
        {
            throw new ArgumentException(result.FailureMessage, parameter);
        }
    }
}
