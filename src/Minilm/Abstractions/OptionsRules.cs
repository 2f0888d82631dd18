using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Minilm.Abstractions;

/// <summary>Validates options by what stands on them: the ranges of single options, and what several say together.</summary>
internal static partial class OptionsRules
{
    private static readonly ModelRules Model = new();
    private static readonly ContextRules Context = new();
    private static readonly CompletionRules Completion = new();
    private static readonly EmbedderRules Embedder = new();
    private static readonly ThreadPoolRules ThreadPool = new();
    private static readonly QuantizeRules Quantize = new();

    public static ValidateOptionsResult Validate(LlamaModelOptions options) => Model.Validate(null, options);

    public static ValidateOptionsResult Validate(LlamaContextOptions options) => Context.Validate(null, options);

    public static ValidateOptionsResult Validate(CompletionOptions options) => Completion.Validate(null, options);

    public static ValidateOptionsResult Validate(EmbedderOptions options) => Embedder.Validate(null, options);

    public static ValidateOptionsResult Validate(LlamaThreadPoolOptions options) => ThreadPool.Validate(null, options);

    public static ValidateOptionsResult Validate(LlamaQuantizeOptions options) => Quantize.Validate(null, options);

    /// <exception cref="ArgumentException">Options failed their validation; the message has every problem.</exception>
    public static void Require(ValidateOptionsResult result, string parameter = "options")
    {
        if (result.Failed)
        {
            throw new ArgumentException(result.FailureMessage, parameter);
        }
    }

    /// <summary>Hands on the problems of a type's own rules as the validators want them.</summary>
    public static IEnumerable<ValidationResult> ToResults(IEnumerable<string> problems) => problems.Select(problem => new ValidationResult(problem));

    [OptionsValidator]
    private sealed partial class ModelRules : IValidateOptions<LlamaModelOptions>;

    [OptionsValidator]
    private sealed partial class ContextRules : IValidateOptions<LlamaContextOptions>;

    [OptionsValidator]
    private sealed partial class CompletionRules : IValidateOptions<CompletionOptions>;

    [OptionsValidator]
    private sealed partial class EmbedderRules : IValidateOptions<EmbedderOptions>;

    [OptionsValidator]
    private sealed partial class ThreadPoolRules : IValidateOptions<LlamaThreadPoolOptions>;

    [OptionsValidator]
    private sealed partial class QuantizeRules : IValidateOptions<LlamaQuantizeOptions>;
}
