namespace Minilm.Dialog.Backends;

/// <summary>Counts the outcomes of a backend and takes it out of service while it keeps failing (a circuit breaker). Thread-safe.</summary>
internal sealed class BackendHealth(string name, int failuresBeforeOut, TimeSpan interval, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _answered;
    private long _failed;
    private int _failuresInARow;
    private DateTimeOffset? _outUntil;
    private string? _lastFailure;

    public BackendStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new BackendStatus
                {
                    Name = name,
                    IsInService = !IsOut,
                    Answered = _answered,
                    Failed = _failed,
                    FailuresInARow = _failuresInARow,
                    OutUntil = IsOut ? _outUntil : null,
                    LastFailure = _lastFailure,
                };
            }
        }
    }

    /// <summary>Tells whether the backend may be asked. Once its time out of service is over, one caller tries it (half open); the others are refused until that trial ends.</summary>
    /// <param name="isTrial">Whether the call is that trial.</param>
    public bool TryEnter(out bool isTrial)
    {
        isTrial = false;
        lock (_gate)
        {
            if (_outUntil is null)
            {
                return true;
            }
            if (IsOut)
            {
                return false;
            }
            _outUntil = NextTry();
            isTrial = true;
            return true;
        }
    }

    public void RecordSuccess()
    {
        lock (_gate)
        {
            _answered++;
            _failuresInARow = 0;
            _outUntil = null;
        }
    }

    public void RecordFailure(string reason)
    {
        lock (_gate)
        {
            _failed++;
            _lastFailure = reason;
            if (++_failuresInARow >= failuresBeforeOut)
            {
                _outUntil = NextTry();
            }
        }
    }

    /// <summary>Ends a call that neither failed nor succeeded; after a trial, the next caller may try.</summary>
    /// <param name="isTrial">What <see cref="TryEnter"/> said: a call that began before the backend went out of service must not bring it back.</param>
    public void ReleaseTrial(bool isTrial)
    {
        lock (_gate)
        {
            if (isTrial && _outUntil is not null)
            {
                _outUntil = time.GetUtcNow();
            }
        }
    }

    private DateTimeOffset NextTry()
    {
        DateTimeOffset now = time.GetUtcNow();
        return interval < DateTimeOffset.MaxValue - now ? now + interval : DateTimeOffset.MaxValue;
    }

    private bool IsOut => _outUntil is { } until && time.GetUtcNow() < until;
}
