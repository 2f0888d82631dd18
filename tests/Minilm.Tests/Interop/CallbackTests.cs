using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Minilm.Interop;

namespace Minilm.Tests.Interop;

/// <summary>No managed exception leaves a callback into native code. (The abort callback is C: native/abort.c.)</summary>
public sealed unsafe class CallbackTests
{
    [Test]
    public void Callbacks_stand_in_two_types_that_these_tests_know()
    {
        string[] callbacks =
        [
            .. from type in typeof(NativeMethods).Assembly.GetTypes()
               from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
               where method.GetCustomAttribute<UnmanagedCallersOnlyAttribute>() is not null
               select type.Name,
        ];

        Assert.That(callbacks, Is.EquivalentTo(new[] { nameof(NativeLog), nameof(ProgressCallback) }));
    }

    [Test]
    public void Progress_callback_keeps_what_its_listener_throws_and_asks_it_no_more()
    {
        int calls = 0;
        using var callback = new ProgressCallback(_ => ++calls > 1 ? throw new InvalidOperationException("full") : true);

        bool first = ProgressCallback.Function(0.25f, callback.UserData);
        bool second = ProgressCallback.Function(0.5f, callback.UserData);
        bool third = ProgressCallback.Function(0.75f, callback.UserData);

        Assert.Multiple(() =>
        {
            Assert.That((first, second, third), Is.EqualTo((true, false, false)));
            Assert.That(callback.Failure, Is.InstanceOf<InvalidOperationException>().With.Message.EqualTo("full"));
            Assert.That(calls, Is.EqualTo(2));
        });
    }

    [Test]
    public void Loading_with_a_listener_that_throws_is_interrupted()
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, Threads = 1 });

        var error = Assert.ThrowsAsync<ModelLoadException>(() => model.InitializeAsync(new Thrower()))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Reason, Is.EqualTo(ModelLoadReason.Interrupted));
            Assert.That(error.InnerException, Is.InstanceOf<InvalidOperationException>());
        });
    }

    [Test]
    [NonParallelizable]
    public void A_logger_that_throws_does_not_disturb_a_load()
    {
        LlamaRuntime.LogTo(new Thrower(), LogLevel.Debug);
        try
        {
            Assert.That(() => TestModels.LoadTiny().Dispose(), Throws.Nothing);
        }
        finally
        {
            LlamaRuntime.LogTo(null);
        }
    }

    private sealed class Thrower : IProgress<float>, ILogger
    {
        public void Report(float value) => throw new InvalidOperationException("full");

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException("full");

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("full");
    }
}
