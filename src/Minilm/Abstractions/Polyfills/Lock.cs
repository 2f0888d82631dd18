#if !NET9_0_OR_GREATER
namespace System.Threading;

/// <summary>The members of .NET 9's <c>Lock</c> that are used here.</summary>
internal sealed class Lock
{
    private readonly object _monitor = new();

    public void Enter() => Monitor.Enter(_monitor);

    public bool TryEnter(int millisecondsTimeout) => Monitor.TryEnter(_monitor, millisecondsTimeout);

    public void Exit() => Monitor.Exit(_monitor);

    /// <summary>What the <c>lock</c> statement calls.</summary>
    public Scope EnterScope()
    {
        Enter();
        return new Scope(this);
    }

    public readonly ref struct Scope(Lock entered)
    {
        public void Dispose() => entered.Exit();
    }
}
#endif
