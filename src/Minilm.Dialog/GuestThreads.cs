using System.Diagnostics.CodeAnalysis;

namespace Minilm.Dialog;

/// <summary>
/// Threads for code that may block for as long as it likes: a backend or a model that a host wrote. On the thread pool it
/// would take the threads that everybody's deadlines need. There are as many as are blocked at once; idle ones end.
/// </summary>
internal sealed class GuestThreads : TaskScheduler
{
    private static readonly TimeSpan Idleness = TimeSpan.FromSeconds(10);

    [ThreadStatic]
    private static bool t_isGuest;

    private readonly Queue<Task> _queue = new();
    private int _idle;

    private GuestThreads()
    {
    }

    public static GuestThreads Shared { get; } = new();

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
        new Thread(Work) { IsBackground = true, Name = "Minilm guest" }.UnsafeStart();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        t_isGuest && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_queue)
        {
            return [.. _queue];
        }
    }

    private void Work()
    {
        t_isGuest = true;
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
                    if (!Monitor.Wait(_queue, Idleness) && _queue.Count == 0)
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
