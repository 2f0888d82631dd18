namespace Minilm.Testing;

/// <summary>Waits for what must not hang, and says what hung.</summary>
public static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Limit);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new AssertionException($"{what} hung: it did not end within {Limit.TotalSeconds} s.");
        }
    }

    public static async Task Within(this Task task, string what) => await Wrap(task).Within(what);

    private static async Task<bool> Wrap(Task task)
    {
        await task;
        return true;
    }
}
