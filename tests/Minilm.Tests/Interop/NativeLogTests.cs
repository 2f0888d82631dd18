using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Minilm.Interop;

namespace Minilm.Tests.Interop;

[NonParallelizable]
public sealed class NativeLogTests
{
    [TearDown]
    public void Stop() => LlamaRuntime.LogTo(null);

    [Test]
    public void LogTo_forwards_whole_lines_from_the_minimum_level()
    {
        var all = new RecordingLogger();
        LlamaRuntime.LogTo(all, LogLevel.Debug);
        TestModels.LoadTiny().Dispose();
        var errors = new RecordingLogger();
        LlamaRuntime.LogTo(errors, LogLevel.Error);
        TestModels.LoadTiny().Dispose();

        Assert.Multiple(() =>
        {
            Assert.That(all.Lines, Has.Some.StartsWith("Information: llama_model_loader").Or.Some.StartsWith("Information: print_info"));
            Assert.That(all.Lines, Has.None.Contains("\n"));
            Assert.That(errors.Lines, Is.Empty);
        });
    }

    [Test]
    public void LogTo_survives_a_logger_that_throws()
    {
        LlamaRuntime.LogTo(new Thrower(), LogLevel.Debug);

        TestModels.LoadTiny().Dispose();
    }

    [Test]
    public void LogTo_survives_a_logger_that_calls_the_library()
    {
        var log = new Caller();
        LlamaRuntime.LogTo(log, LogLevel.Debug);

        TestModels.LoadTiny().Dispose();

        Assert.That(log.Lines, Is.Not.Empty);
        Assert.That(log.Deepest, Is.EqualTo(1), "a line is logged once");
    }

    [Test]
    public void LogTo_null_stops()
    {
        var log = new RecordingLogger();
        LlamaRuntime.LogTo(log, LogLevel.Debug);
        LlamaRuntime.LogTo(null);
        TestModels.LoadTiny().Dispose();

        Assert.That(log.Lines, Is.Empty);
    }

    /// <summary>Asks for the last error, which ends a line that is being assembled.</summary>
    private sealed class Caller : ILogger
    {
        [ThreadStatic]
        private static int _depth;

        public ConcurrentQueue<string> Lines { get; } = [];

        public int Deepest { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Lines.Enqueue(formatter(state, exception));
            Deepest = Math.Max(Deepest, ++_depth);
            if (_depth < 10)
            {
                NativeMethods.minilm_last_error();
            }
            _depth--;
        }
    }

    private sealed class Thrower : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("disk full");
    }
}
