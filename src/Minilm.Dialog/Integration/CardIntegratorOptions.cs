namespace Minilm.Dialog.Integration;

/// <summary>What <see cref="CardIntegrator"/> adds to a card.</summary>
public sealed record CardIntegratorOptions
{
    /// <summary>The model path of cards when none is given: a folder <c>models</c> beside the folder <c>characters</c>.</summary>
    public const string DefaultModelPath = "../../models/minilm-companion.gguf";

    /// <summary>Gets the value of <c>backends.llm.modelPath</c>; a relative path begins at the card's folder.</summary>
    public string ModelPath { get; init; } = DefaultModelPath;

    /// <summary>
    /// Gets a value indicating whether the model answers first where another backend did: <c>defaultBackend</c> becomes <c>llm</c>,
    /// and the old default the first entry of <c>fallbackChain</c>. No other value that exists is ever replaced.
    /// </summary>
    public bool Activate { get; init; }
}
