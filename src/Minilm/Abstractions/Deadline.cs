namespace Minilm.Abstractions;

/// <summary>The clock of one call: when it began and when it must end.</summary>
internal readonly struct Deadline
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly long _end; // timestamp; long.MaxValue is none

    public Deadline(TimeProvider time, TimeSpan? limit)
    {
        _time = time;
        _start = time.GetTimestamp();
        double ticks = limit is { } value ? value.TotalSeconds * time.TimestampFrequency : double.PositiveInfinity;
        _end = ticks < long.MaxValue - _start ? _start + (long)ticks : long.MaxValue;
    }

    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    public bool HasPassed => _end != long.MaxValue && _time.GetTimestamp() >= _end;

    /// <summary>Gets the time left, at least zero; null when there is no limit.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            if (_end == long.MaxValue)
            {
                return null;
            }
            TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), _end);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Gets the time left as a wait handle wants it: −1 for ever.</summary>
    public int RemainingMilliseconds => Remaining is { } left ? (int)Math.Min(Math.Ceiling(left.TotalMilliseconds), int.MaxValue) : System.Threading.Timeout.Infinite;
}
