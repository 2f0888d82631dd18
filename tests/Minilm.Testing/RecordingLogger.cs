using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Minilm.Testing;

/// <summary>Keeps what is logged, as "Level: message".</summary>
public class RecordingLogger : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
}

public sealed class RecordingLogger<T> : RecordingLogger, ILogger<T>;

public sealed class RecordingLoggerFactory : ILoggerFactory
{
    public RecordingLogger Logger { get; } = new();

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => Logger;

    public void Dispose()
    {
        // nothing is held
    }
}
