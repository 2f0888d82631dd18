using Microsoft.Extensions.Logging;

namespace Minilm.Cli.Output;

/// <summary>Sends what a card's debugMode or debug asks to be logged to standard error. The rest shows in results.</summary>
internal sealed class MessageLoggerFactory(MessagePrinter messages) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => new MessageLogger(messages);

    public void Dispose()
    {
        // nothing is held
    }

    private sealed class MessageLogger(MessagePrinter messages) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                messages.Error(formatter(state, exception));
            }
        }
    }
}
