namespace Minilm.Dialog.Backends;

/// <summary>How a backend of a character is doing.</summary>
public sealed record BackendStatus
{
    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets a value indicating whether it is asked.</summary>
    public bool IsInService { get; init; }

    /// <summary>Gets how many responses it gave that could be used, taken or not.</summary>
    public long Answered { get; init; }

    /// <summary>Gets how often it failed.</summary>
    public long Failed { get; init; }

    /// <summary>Gets how often it failed since it last answered.</summary>
    public int FailuresInARow { get; init; }

    /// <summary>Gets when it is tried again; null when it is in service.</summary>
    public DateTimeOffset? OutUntil { get; init; }

    /// <summary>Gets why it failed last; null when it never did.</summary>
    public string? LastFailure { get; init; }
}
