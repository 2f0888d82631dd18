using System.CommandLine;

namespace Minilm.Cli.Commands;

/// <summary>Arguments and options that several commands have.</summary>
internal static class CommonSymbols
{
    public static Argument<string> Model() => NotEmpty(new Argument<string>("MODEL") { Description = "A GGUF file." });

    public static Argument<string?> OptionalModel() =>
        NotEmpty(new Argument<string?>("MODEL") { Description = "A GGUF file to describe. Its weights are not loaded.", Arity = ArgumentArity.ZeroOrOne });

    public static Option<int?> Threads() =>
        new Option<int?>("--threads") { Description = "The number of threads that compute. Default: the physical cores.", HelpName = "N" }.From(1, 512);

    private static Argument<T> NotEmpty<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
            {
                result.AddError("MODEL is empty; give the path of a GGUF file");
            }
        });
        return argument;
    }
}
