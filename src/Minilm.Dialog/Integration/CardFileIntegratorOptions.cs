namespace Minilm.Dialog.Integration;

/// <summary>Which files of a folder are looked at.</summary>
public enum CardMatch
{
    /// <summary>All whose name ends in <c>.json</c>.</summary>
    All,

    /// <summary>Those whose name ends in <c>character.json</c>.</summary>
    Suffix,
}

/// <summary>How <see cref="CardFileIntegrator"/> works.</summary>
public sealed record CardFileIntegratorOptions
{
    /// <summary>Gets which files of a folder are looked at.</summary>
    public CardMatch Match { get; init; }

    /// <summary>Gets a value indicating whether nothing is written.</summary>
    public bool DryRun { get; init; }

    /// <summary>Gets a value indicating whether the old bytes are kept in a file beside the card.</summary>
    public bool Backup { get; init; } = true;

    /// <summary>Gets a value indicating whether the model answers first where another backend did; see <see cref="CardIntegratorOptions.Activate"/>.</summary>
    public bool Activate { get; init; }

    /// <summary>
    /// Gets the GGUF file that the cards shall name; a relative path begins at the current directory, and each card gets it relative to its
    /// own folder. Need not exist. Null: <see cref="CardIntegratorOptions.DefaultModelPath"/> as it is.
    /// </summary>
    public string? ModelFile { get; init; }
}
