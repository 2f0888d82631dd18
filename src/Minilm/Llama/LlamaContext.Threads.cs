using Minilm.Interop;

namespace Minilm;

/// <content>The threads that compute.</content>
public sealed unsafe partial class LlamaContext
{
    private LlamaThreadPool? _pool;

    /// <summary>Lets a pool's threads compute, instead of the context's own; decodes of contexts that share it take turns. Not while a decode runs.</summary>
    /// <param name="pool">The pool. It may be disposed any time; its threads stay until this context is released.</param>
    /// <exception cref="ArgumentException">The pool has fewer threads than this context uses.</exception>
    /// <exception cref="ObjectDisposedException">The context or the pool was disposed.</exception>
    public void AttachThreadPool(LlamaThreadPool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ObjectDisposedException.ThrowIf(pool.IsDisposed, pool);
        int threads = Math.Max(NativeMethods.llama_n_threads(Handle), NativeMethods.llama_n_threads_batch(Handle));
        if (threads > pool.Threads)
        {
            throw new ArgumentException($"The context uses {threads} threads, but the pool has {pool.Threads}. Make a larger pool, or a context of fewer threads", nameof(pool));
        }
        Handle.Attach(pool.Handle);
        _pool = pool;
    }

    /// <summary>Lets the context compute on threads of its own again. Not while a decode runs.</summary>
    /// <exception cref="ObjectDisposedException">The context was disposed.</exception>
    public void DetachThreadPool()
    {
        NativeFailure.Require(NativeMethods.minilm_detach_threadpool(Handle), "llama_detach_threadpool");
        _pool = null;
    }

    /// <summary>Computes a batch; on a shared pool when it is this context's turn. Returns libllama's code.</summary>
    private int Compute(LlamaBatch batch, bool encode)
    {
        if (_pool is not { } pool)
        {
            return encode ? batch.Encode(Handle) : batch.Decode(Handle);
        }
        if (!pool.Enter(this))
        {
            return Aborted;
        }
        try
        {
            return encode ? batch.Encode(Handle) : batch.Decode(Handle);
        }
        finally
        {
            pool.Leave();
        }
    }
}
