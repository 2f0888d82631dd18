namespace Minilm.Dialog.Integration;

/// <summary>The result of integrating one file.</summary>
public sealed record IntegrationResult
{
    /// <summary>Gets the path of the file, starting with the path that was passed in.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the verdict.</summary>
    public required IntegrationVerdict Verdict { get; init; }

    /// <summary>Gets what was added, or why nothing was, and what keeps the model from answering if anything does.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets the path of the backup; null when none was needed or wanted.</summary>
    public string? BackupPath { get; init; }

    /// <summary>Gets the plan, carried out or (in a dry run) not; null when the file could not be read.</summary>
    public IntegrationPlan? Plan { get; init; }
}
