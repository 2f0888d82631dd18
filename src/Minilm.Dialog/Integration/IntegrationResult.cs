namespace Minilm.Dialog.Integration;

/// <summary>What became of one file.</summary>
public sealed record IntegrationResult
{
    /// <summary>Gets the path, beginning as the path that was asked for.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the verdict.</summary>
    public required IntegrationVerdict Verdict { get; init; }

    /// <summary>Gets what was added, or why nothing was; and whether something keeps the model from answering.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets the path of the file that has the old bytes; null when none was needed or wanted.</summary>
    public string? BackupPath { get; init; }

    /// <summary>Gets the changes, made or (in a dry run) only computed; null when the file could not be read.</summary>
    public IntegrationPlan? Plan { get; init; }
}
