using Minilm.Abstractions;

namespace Minilm.Embeddings;

/// <summary>Lets the calls of an embedder through one at a time, until it is disposed.</summary>
/// <param name="owner">The embedder, for the message of calls that come too late.</param>
/// <param name="time">The clock of deadlines.</param>
internal sealed class EmbeddingQueue(object owner, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private int _closed;

    /// <summary>Begins a call.</summary>
    /// <exception cref="ArgumentException">The time limit is not positive.</exception>
    /// <exception cref="ObjectDisposedException">The embedder was disposed.</exception>
    public Call Begin(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (timeout is { } limit && limit <= TimeSpan.Zero)
        {
            throw new ArgumentException($"The time limit is {limit}; it must be greater than zero (null means no limit)", nameof(timeout));
        }
        ObjectDisposedException.ThrowIf(_closed != 0, owner);
        return new Call(this, new Deadline(time, timeout), cancellationToken);
    }

    /// <summary>Stops all calls, and waits until the running one has ended; false when that was done before.</summary>
    public bool Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return false;
        }
        _closing.Cancel();
        _turn.Wait(CancellationToken.None); // the call that has it stops within a graph node
        return true;
    }

    public void Dispose()
    {
        _turn.Dispose();
        _closing.Dispose();
    }

    /// <summary>One call: its deadline, its cancellation, and its turn.</summary>
    internal sealed class Call : IDisposable
    {
        private readonly EmbeddingQueue _queue;
        private readonly Deadline _deadline;
        private readonly CancellationToken _callerToken;
        private readonly CancellationTokenSource _cancellation;
        private bool _hasTurn;

        public Call(EmbeddingQueue queue, Deadline deadline, CancellationToken cancellationToken)
        {
            _queue = queue;
            _deadline = deadline;
            _callerToken = cancellationToken;
            _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, queue._closing.Token);
        }

        /// <summary>Waits for the turn, which ends with <see cref="Dispose"/>.</summary>
        /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The embedder was disposed.</exception>
        /// <exception cref="TimeoutException">The deadline passed.</exception>
        public void WaitForTurn()
        {
            try
            {
                GotTurn(_queue._turn.Wait(_deadline.RemainingMilliseconds, _cancellation.Token));
            }
            catch (OperationCanceledException e)
            {
                throw Stopped(e);
            }
        }

        /// <inheritdoc cref="WaitForTurn"/>
        public async Task WaitForTurnAsync()
        {
            try
            {
                GotTurn(await _queue._turn.WaitAsync(_deadline.RemainingMilliseconds, _cancellation.Token).ConfigureAwait(false));
            }
            catch (OperationCanceledException e)
            {
                throw Stopped(e);
            }
        }

        /// <inheritdoc cref="EmbeddingLoop.Run"/>
        public float[][][] Run(EmbeddingLoop loop, EmbeddingInput[] inputs)
        {
            try
            {
                return loop.Run(inputs, _deadline, _cancellation.Token);
            }
            catch (OperationCanceledException e)
            {
                throw Stopped(e);
            }
        }

        public void Dispose()
        {
            if (_hasTurn)
            {
                _queue._turn.Release();
            }
            _cancellation.Dispose();
        }

        private void GotTurn(bool got) => _hasTurn = got ? true : throw new TimeoutException("The deadline passed while other calls were embedding.");

        /// <summary>Says who stopped the call: its caller, or the one who disposed the embedder.</summary>
        private OperationCanceledException Stopped(OperationCanceledException e)
        {
            ObjectDisposedException.ThrowIf(_queue._closed != 0 && !_callerToken.IsCancellationRequested, _queue.Owner);
            return new OperationCanceledException(e.Message, e, _callerToken);
        }
    }

    private object Owner => owner;
}
