using System.CommandLine;

namespace Minilm.Cli.Commands;

/// <summary>Arguments and options that several commands have.</summary>
internal static class CommonSymbols
{
    public static Argument<string> Model() => NotEmpty(new Argument<string>("MODEL") { Description = "The GGUF file of the model." });

    public static Argument<string?> OptionalModel() =>
        NotEmpty(new Argument<string?>("MODEL") { Description = "The GGUF file to describe. Its weights are not loaded.", Arity = ArgumentArity.ZeroOrOne });

    public static NumberOption<int> Threads() =>
        new("--threads", 1, 512, "Number of CPU threads.", "the number of physical cores") { Member = nameof(LlamaModelOptions.Threads) };

    /// <summary>Gets the options of the model that a command line names.</summary>
    public static LlamaModelOptions ModelOptions(ParseResult parsed, Argument<string> model, NumberOption<int> threads) =>
        new() { ModelPath = parsed.GetRequiredValue(model), Threads = parsed.GetValue(threads) };

    private static Argument<T> NotEmpty<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
            {
                result.AddError("MODEL is empty; pass the path of a GGUF file");
            }
        });
        return argument;
    }
}
