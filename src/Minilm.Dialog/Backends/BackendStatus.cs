namespace Minilm.Dialog.Backends;

/// <summary>The health of a character's backend.</summary>
public sealed record BackendStatus
{
    /// <summary>Gets the backend's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets a value indicating whether it is in service, so that it is asked.</summary>
    public bool IsInService { get; init; }

    /// <summary>Gets the number of usable responses, accepted or not.</summary>
    public long Answered { get; init; }

    /// <summary>Gets the number of failures.</summary>
    public long Failed { get; init; }

    /// <summary>Gets the number of failures since it last answered.</summary>
    public int FailuresInARow { get; init; }

    /// <summary>Gets when it is tried again; null when it is in service.</summary>
    public DateTimeOffset? OutUntil { get; init; }

    /// <summary>Gets the reason of the last failure; null when it never failed.</summary>
    public string? LastFailure { get; init; }
}
