namespace Minilm.Dialog.Characters;

/// <summary>The names by which cards refer to the built-in backends.</summary>
internal static class BackendNames
{
    public const string Llm = "llm";

    public const string Markov = "markov_chain";

    public const string SimpleRandom = "simple_random";
}
