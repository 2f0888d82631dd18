namespace Minilm.Engine;

/// <summary>Takes part in a session: its memory stays until this is disposed, though the model may be freed.</summary>
internal readonly struct SessionLease(ModelSession session) : IDisposable
{
    public ModelSession Session { get; } = session;

    public void Dispose() => Session.Release();
}
