namespace Minilm.Dialog.Integration;

/// <summary>Options of a <see cref="CardIntegrator"/>.</summary>
public sealed record CardIntegratorOptions
{
    /// <summary>The default model path: in a folder <c>models</c> beside the folder <c>characters</c>.</summary>
    public const string DefaultModelPath = "../../models/minilm-companion.gguf";

    /// <summary>Gets the value of <c>backends.llm.modelPath</c>; a relative path is resolved against the card's folder.</summary>
    public string ModelPath { get; init; } = DefaultModelPath;

    /// <summary>
    /// Gets a value indicating whether the model answers first where another backend did: <c>defaultBackend</c> becomes <c>llm</c>,
    /// and the old default becomes the first entry of <c>fallbackChain</c>. No other value that exists is ever replaced.
    /// </summary>
    public bool Activate { get; init; }
}
