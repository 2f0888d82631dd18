namespace Minilm.Dialog.Integration;

/// <summary>Which files of a folder are integrated.</summary>
public enum CardMatch
{
    /// <summary>All files whose name ends in <c>.json</c>.</summary>
    All,

    /// <summary>Files whose name ends in <c>character.json</c>.</summary>
    Suffix,
}

/// <summary>Options of a <see cref="CardFileIntegrator"/>.</summary>
public sealed record CardFileIntegratorOptions
{
    /// <summary>Gets which files of a folder are integrated.</summary>
    public CardMatch Match { get; init; }

    /// <summary>Gets a value indicating whether changes are only planned and nothing is written.</summary>
    public bool DryRun { get; init; }

    /// <summary>Gets a value indicating whether the old content is kept in a backup beside the card.</summary>
    public bool Backup { get; init; } = true;

    /// <summary>Gets a value indicating whether the model answers first where another backend did; see <see cref="CardIntegratorOptions.Activate"/>.</summary>
    public bool Activate { get; init; }

    /// <summary>
    /// Gets the GGUF file that the cards are to name. A relative path is resolved against the current directory and written relative to
    /// the folder of each card. The file need not exist. Null writes <see cref="CardIntegratorOptions.DefaultModelPath"/> as it is.
    /// </summary>
    public string? ModelFile { get; init; }
}
