namespace Minilm.Dialog;

/// <summary>
/// Divides the response time among the backends of a chain. Each may use what is left, less the <see cref="Grace"/> and
/// a reserve for each backend after it: a tenth of the whole, at most half of the whole together.
/// </summary>
internal readonly struct DialogBudget(int milliseconds, int entries, TimeProvider time)
{
    private readonly TimeSpan _whole = TimeSpan.FromMilliseconds(milliseconds) - GraceOf(milliseconds);
    private readonly TimeSpan _reserve = TimeSpan.FromMilliseconds(milliseconds * Math.Min(0.1, 0.5 / Math.Max(entries - 1, 1)));

    /// <summary>Gets the grace period in which a backend that honours its deadline may still return: a tenth of the whole, at most 20 ms.</summary>
    public TimeSpan Grace { get; } = GraceOf(milliseconds);

    /// <summary>Gets the time of one entry from now; null when unlimited. At least one millisecond.</summary>
    public TimeSpan? For(int entry, long start)
    {
        if (_whole <= TimeSpan.Zero)
        {
            return null;
        }
        TimeSpan left = _whole - time.GetElapsedTime(start) - (_reserve * (entries - 1 - entry));
        return left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
    }

    private static TimeSpan GraceOf(int milliseconds) => TimeSpan.FromMilliseconds(Math.Clamp(milliseconds / 10, 0, 20));
}
