using System.Diagnostics.CodeAnalysis;

namespace Minilm.Dialog;

/// <summary>
/// Runs work that may block for any time, such as a backend or a model that a host wrote, on threads of its own. On the
/// thread pool it would starve the timers and continuations that deadlines depend on. A thread is added when none is
/// idle, and ends after it was idle for a while.
/// </summary>
internal sealed class BlockingWorkScheduler : TaskScheduler
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(10);

    [ThreadStatic]
    private static bool t_isWorker;

    private readonly Queue<Task> _queue = new();
    private int _idle;

    private BlockingWorkScheduler()
    {
    }

    public static BlockingWorkScheduler Shared { get; } = new();

    protected override void QueueTask(Task task)
    {
        lock (_queue)
        {
            _queue.Enqueue(task);
            if (_queue.Count <= _idle)
            {
                Monitor.Pulse(_queue);
                return;
            }
        }
        new Thread(Work) { IsBackground = true, Name = "Minilm blocking work" }.UnsafeStart();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        t_isWorker && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_queue)
        {
            return [.. _queue];
        }
    }

    private void Work()
    {
        t_isWorker = true;
        while (TryTake(out Task? task))
        {
            TryExecuteTask(task);
        }
    }

    private bool TryTake([NotNullWhen(true)] out Task? task)
    {
        lock (_queue)
        {
            _idle++;
            try
            {
                while (_queue.Count == 0)
                {
                    if (!Monitor.Wait(_queue, IdleTimeout) && _queue.Count == 0)
                    {
                        task = null;
                        return false;
                    }
                }
                task = _queue.Dequeue();
                return true;
            }
            finally
            {
                _idle--;
            }
        }
    }
}
