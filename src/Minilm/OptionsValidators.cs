using Microsoft.Extensions.Options;
using Minilm.Abstractions;
using Minilm.Chat;
using Minilm.Grammars;

namespace Minilm;

/// <summary>Validates <see cref="LlamaModelOptions"/> as the constructor does; messages name the option, the value and the range.</summary>
public sealed class LlamaModelOptionsValidator : IValidateOptions<LlamaModelOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LlamaModelOptions options) => OptionsRules.Validate(options);
}

/// <summary>Validates <see cref="CompletionOptions"/> as a call does, but for what only a vocabulary can say; messages name the option, the value and the range.</summary>
public sealed class CompletionOptionsValidator : IValidateOptions<CompletionOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, CompletionOptions options) => Validate(options);

    internal static ValidateOptionsResult Validate(CompletionOptions options)
    {
        ValidateOptionsResult rules = OptionsRules.Validate(options);
        if (rules.Failed)
        {
            return rules;
        }
        try
        {
            if (options.GrammarTriggers is { } triggers)
            {
                TriggerPatterns.Of(triggers, nameof(options.GrammarTriggers));
            }
            if (StructuredOutput.GrammarOf(options) is { } grammar)
            {
                GrammarLimits.Require(grammar, nameof(options.Grammar));
            }
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail(e.Message);
        }
    }
}

/// <summary>Validates <see cref="LlamaContextOptions"/> as the constructor does; messages name the option, the value and the range.</summary>
public sealed class LlamaContextOptionsValidator : IValidateOptions<LlamaContextOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LlamaContextOptions options) => OptionsRules.Validate(options);
}

/// <summary>Validates <see cref="LlamaThreadPoolOptions"/> as the constructor does; messages name the option, the value and the range.</summary>
public sealed class LlamaThreadPoolOptionsValidator : IValidateOptions<LlamaThreadPoolOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LlamaThreadPoolOptions options) => OptionsRules.Validate(options);
}

/// <summary>Validates <see cref="LlamaQuantizeOptions"/> as the quantizer does; messages name the option, the value and the range.</summary>
public sealed class LlamaQuantizeOptionsValidator : IValidateOptions<LlamaQuantizeOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LlamaQuantizeOptions options) => OptionsRules.Validate(options);
}

/// <summary>Validates <see cref="EmbedderOptions"/> as the constructor does; messages name the option, the value and the range.</summary>
public sealed class EmbedderOptionsValidator : IValidateOptions<EmbedderOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EmbedderOptions options) => OptionsRules.Validate(options);
}
