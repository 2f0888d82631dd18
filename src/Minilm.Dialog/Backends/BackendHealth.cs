namespace Minilm.Dialog.Backends;

/// <summary>Counts what becomes of a backend, and takes it out of service when it keeps failing. Any thread.</summary>
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

    /// <summary>Tells whether the backend may be asked. After its time out one caller tries; the others wait for what becomes of that.</summary>
    /// <param name="isTrial">Whether the caller is the one that tries.</param>
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

    /// <summary>Counts a failure.</summary>
    /// <returns>True when the backend is out of service from now on.</returns>
    public bool RecordFailure(string reason)
    {
        lock (_gate)
        {
            _failed++;
            _lastFailure = reason;
            if (++_failuresInARow < failuresBeforeOut)
            {
                return false;
            }
            bool wasIn = _outUntil is null;
            _outUntil = NextTry();
            return wasIn;
        }
    }

    /// <summary>Gives a try back that neither failed nor succeeded.</summary>
    /// <param name="isTrial">What <see cref="TryEnter"/> said; who was in before the backend went out must not bring it back.</param>
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
