namespace Minilm.Dialog;

/// <summary>
/// Divides the time for a whole dialog among the backends that may be asked. Each may use what is left, except a tenth
/// of the whole that is kept for each one after it (half of the whole at most), and the <see cref="Grace"/>.
/// </summary>
internal readonly struct DialogBudget(int milliseconds, int entries, TimeProvider time)
{
    private readonly TimeSpan _whole = TimeSpan.FromMilliseconds(milliseconds) - GraceOf(milliseconds);
    private readonly TimeSpan _reserve = TimeSpan.FromMilliseconds(milliseconds * Math.Min(0.1, 0.5 / Math.Max(entries - 1, 1)));

    /// <summary>Gets what a backend that keeps to its time may need to return: at most 20 ms.</summary>
    public TimeSpan Grace { get; } = GraceOf(milliseconds);

    /// <summary>Gets the time of one entry from now; null when it is unlimited. Never less than a millisecond.</summary>
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
