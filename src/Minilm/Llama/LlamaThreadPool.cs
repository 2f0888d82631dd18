using Minilm.Abstractions;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm;

/// <summary>
/// Threads that compute for several contexts and models: without one, each context starts threads of its own. Contexts
/// that share a pool take turns, one decode at a time; a deadline or a cancellation holds while a context waits.
/// </summary>
/// <remarks>May be disposed at any moment: the threads end when the last context that was given the pool is released.</remarks>
public sealed class LlamaThreadPool : IDisposable
{
    private const int NotifyMilliseconds = 1;

    private readonly Lock _turn = new();

    /// <summary>Starts threads.</summary>
    /// <param name="options">How many and of which kind; null is the default.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    /// <exception cref="NotSupportedException">The CPU backend offers no thread pools.</exception>
    /// <exception cref="MinilmException">The threads could not be started.</exception>
    public unsafe LlamaThreadPool(LlamaThreadPoolOptions? options = null)
    {
        options ??= new LlamaThreadPoolOptions();
        OptionsRules.Require(OptionsRules.Validate(options));
        LlamaRuntime.Initialize();
        if (!NativeMethods.minilm_threadpool_available())
        {
            throw new NotSupportedException("The CPU backend of this native library offers no thread pools; leave contexts their own threads.");
        }
        Threads = options.Threads ?? Machine.PhysicalCores;
        var parameters = new minilm_threadpool_params { size = (uint)sizeof(minilm_threadpool_params) };
        NativeMethods.minilm_threadpool_default_params(&parameters);
        parameters.n_threads = Threads;
        parameters.priority = (int)options.Priority;
        parameters.poll = (uint)options.Poll;
        Handle = NativeMethods.minilm_threadpool_new(&parameters);
        if (Handle.IsInvalid)
        {
            Handle.Dispose();
            throw new MinilmException($"A pool of {Threads} threads could not be started.");
        }
    }

    /// <summary>Gets the number of threads, the one that decodes included.</summary>
    public int Threads { get; }

    internal SafeThreadPoolHandle Handle { get; }

    internal bool IsDisposed { get; private set; } // the handle stays open as long as a context has it

    /// <summary>Releases the pool. Contexts that were given it go on with it until they are released themselves.</summary>
    public void Dispose()
    {
        IsDisposed = true;
        Handle.Dispose();
    }

    /// <summary>Waits until no other context computes; false when the request of this one ended first. A turn must be given back with <see cref="Leave"/>.</summary>
    internal bool Enter(LlamaContext context)
    {
        while (!_turn.TryEnter(NotifyMilliseconds)) // in slices: the context's deadline and its cancel flag are native
        {
            if (context.State != LlamaContext.AbortState.None)
            {
                return false;
            }
        }
        return true;
    }

    internal void Leave() => _turn.Exit();

    /// <exception cref="ArgumentException">The options ask for more threads than there are.</exception>
    internal void Require(LlamaComputeOptions options)
    {
        foreach ((int? threads, string name) in new[] { (options.Threads, nameof(options.Threads)), (options.PromptThreads, nameof(options.PromptThreads)) })
        {
            if (threads > Threads)
            {
                throw new ArgumentException($"{name} is {threads}, but the thread pool has {Threads}. Make a larger pool, or ask for fewer threads", nameof(options));
            }
        }
    }
}
