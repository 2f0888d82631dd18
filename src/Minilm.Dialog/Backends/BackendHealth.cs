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
    public bool TryEnter()
    {
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
            _outUntil = time.GetUtcNow() + interval;
            return true;
        }
    }

    public void Answered()
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
    public bool Failed(string reason)
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
            _outUntil = time.GetUtcNow() + interval;
            return wasIn;
        }
    }

    /// <summary>Gives a try back that neither failed nor succeeded.</summary>
    public void Left()
    {
        lock (_gate)
        {
            if (_outUntil is not null)
            {
                _outUntil = time.GetUtcNow();
            }
        }
    }

    private bool IsOut => _outUntil is { } until && time.GetUtcNow() < until;
}
