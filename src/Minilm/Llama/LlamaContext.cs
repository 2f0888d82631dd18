using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm;

/// <summary>The memory and the compute buffers of running sequences on a model, for hosts that drive the decode loop themselves.</summary>
/// <remarks>
/// Not thread-safe, except <see cref="Cancel"/> and <see cref="Dispose"/>. It keeps its model loaded until it is disposed.
/// Created by <see cref="LlamaModel.CreateContext"/>.
/// </remarks>
public sealed unsafe partial class LlamaContext : IDisposable
{
    internal const int Aborted = (int)DecodeResult.Aborted;
    internal const int NoRoom = (int)DecodeResult.NoRoom;

    private readonly SafeAbortHandle _abort;
    private readonly ModelFingerprint _fingerprint;
    private readonly LlamaBatch _batch;
    private readonly sbyte[] _outputs; // which rows of the last decode have logits
    private readonly int _vocabularySize;
    private int _outputRows;
    private int _outputCount;

    private LlamaContext(SafeLlamaContextHandle handle, SafeAbortHandle abort, int vocabularySize, ModelFingerprint fingerprint)
    {
        _fingerprint = fingerprint;
        Handle = handle;
        _abort = abort;
        _vocabularySize = vocabularySize;
        ContextSize = (int)NativeMethods.llama_n_ctx(handle);
        BatchSize = (int)NativeMethods.llama_n_batch(handle);
        MicroBatchSize = (int)NativeMethods.llama_n_ubatch(handle);
        MaxSequences = (int)NativeMethods.llama_n_seq_max(handle);
        _batch = new LlamaBatch(BatchSize);
        _outputs = new sbyte[BatchSize];
    }

    /// <summary>Gets the tokens that all sequences together can hold.</summary>
    public int ContextSize { get; }

    /// <summary>Gets the most tokens in one decode call.</summary>
    public int BatchSize { get; }

    /// <summary>Gets how many tokens are computed at once. An abort keeps whole micro-batches.</summary>
    public int MicroBatchSize { get; }

    /// <summary>Gets the number of sequences: ids are 0 to MaxSequences − 1.</summary>
    public int MaxSequences { get; }

    internal SafeLlamaContextHandle Handle { get; }

    /// <summary>Gets a value indicating whether it remembers sequences; an encoder does not.</summary>
    internal bool HasMemory => !Handle.Memory.IsInvalid;

    /// <summary>Gets scratch memory for one sampler at a time: a candidate per token of the vocabulary, pinned.</summary>
    internal llama_token_data[] Candidates => field ??= GC.AllocateUninitializedArray<llama_token_data>(_vocabularySize, pinned: true);

    /// <summary>Creates a context.</summary>
    /// <exception cref="ArgumentException">The pool has fewer threads than the options ask for.</exception>
    /// <exception cref="ModelLoadException">libllama could not; the message has its words.</exception>
    internal static LlamaContext Create(LlamaWeights weights, LlamaContextOptions options, int contextSize, ModelFingerprint fingerprint, LlamaThreadPool? pool)
    {
        SafeAbortHandle abort = NativeMethods.minilm_abort_new();
        SafeLlamaContextHandle? handle = null;
        try
        {
            if (abort.IsInvalid)
            {
                throw new ModelLoadException("A context could not be created: out of memory.", ModelLoadReason.OutOfMemory);
            }
            handle = SafeLlamaContextHandle.Create(weights.Handle, abort, ContextParameters.Of(options, contextSize, pool?.Threads));
            if (handle.IsInvalid)
            {
                throw NativeFailure.Load($"A context of {contextSize} tokens could not be created");
            }
            var context = new LlamaContext(handle, abort, weights.Vocab.Count, fingerprint);
            if (pool is not null)
            {
                context.AttachThreadPool(pool);
            }
            return context;
        }
        catch
        {
            handle?.Dispose();
            abort.Dispose();
            throw;
        }
    }

    /// <summary>Decodes consecutive tokens of one sequence and computes the logits of the last.</summary>
    /// <param name="tokens">Token ids, at most <see cref="BatchSize"/>.</param>
    /// <param name="position">The position of the first: the number of tokens that the sequence holds.</param>
    /// <param name="sequence">The sequence.</param>
    /// <inheritdoc cref="Decode(LlamaBatch)"/>
    public void Decode(ReadOnlySpan<int> tokens, int position, int sequence = 0)
    {
        RequireBatchSize(tokens.Length);
        _batch.Set(tokens, position, sequence);
        Decode(_batch);
    }

    /// <summary>Decodes a batch.</summary>
    /// <param name="batch">The tokens.</param>
    /// <exception cref="ArgumentException">The batch is empty or too long, or names a token or sequence that does not exist.</exception>
    /// <exception cref="OperationCanceledException">It was stopped by <see cref="Cancel"/>; whole micro-batches stay in memory (see <see cref="LastPosition"/>).</exception>
    /// <exception cref="TimeoutException">It was stopped by the deadline of <see cref="Arm"/>.</exception>
    /// <exception cref="ContextOverflowException">The memory has no room for the tokens; nothing was changed.</exception>
    /// <exception cref="InferenceException">libllama could not compute; positions that do not follow the sequence's last one are such a reason.</exception>
    /// <exception cref="ObjectDisposedException">The context was disposed.</exception>
    public void Decode(LlamaBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Validate(batch);
        int result = DecodeUnchecked(batch);
        if (result == 0)
        {
            return;
        }
        _outputRows = 0;
        throw result switch
        {
            Aborted when State == AbortState.Timeout => new TimeoutException("The deadline passed during decoding."),
            Aborted => new OperationCanceledException("Decoding was cancelled."),
            NoRoom => new ContextOverflowException($"The context of {ContextSize} tokens has no room for {batch.Count} more.", batch.Count, ContextSize),
            _ => DecodeFailed(result, batch.Count),
        };
    }

    /// <summary>Gets the logits that the last decode computed.</summary>
    /// <param name="index">The token of the batch; −1 is the last with logits.</param>
    /// <returns>float[n_vocab], valid until the next decode and not after <see cref="Dispose"/>.</returns>
    /// <exception cref="InvalidOperationException">There are none at that index.</exception>
    public ReadOnlySpan<float> GetLogits(int index = -1)
    {
        RequireLogits(index, _vocabularySize);
        return new ReadOnlySpan<float>(NativeMethods.minilm_get_logits_ith(Handle, index), _vocabularySize);
    }

    /// <summary>Waits until all computations are finished.</summary>
    public void Synchronize() => NativeFailure.Require(NativeMethods.minilm_synchronize(Handle), "llama_synchronize");

    /// <summary>Begins a request: forgets an earlier <see cref="Cancel"/> and sets a deadline that holds in the middle of a decode.</summary>
    /// <param name="timeout">The time from now; null is none.</param>
    public void Arm(TimeSpan? timeout = null) =>
        NativeMethods.minilm_abort_arm(_abort, timeout is { } limit ? (long)Math.Clamp(limit.TotalNanoseconds, 0, long.MaxValue / 2) : -1);

    /// <summary>Stops the decode that runs, and those that follow until <see cref="Arm"/>. From any thread.</summary>
    public void Cancel()
    {
        try
        {
            NativeMethods.minilm_abort_cancel(_abort);
        }
        catch (ObjectDisposedException)
        {
            // Disposed meanwhile: there is nothing left to stop.
        }
    }

    /// <summary>Releases the context. A decode that runs on another thread is stopped, and the memory released when it has ended.</summary>
    public void Dispose()
    {
        Cancel();
        Handle.Dispose();
        _abort.Dispose();
    }

    internal enum AbortState
    {
        None = 0,
        Cancelled = 1,
        Timeout = 2,
    }

    internal AbortState State => (AbortState)NativeMethods.minilm_abort_state(_abort);

    /// <summary>Decodes tokens that are known to be valid; returns llama_decode's code.</summary>
    internal int DecodeUnchecked(ReadOnlySpan<int> tokens, int position, int sequence, Logits logits)
    {
        _batch.Set(tokens, position, sequence, lastLogits: logits == Logits.Last);
        if (logits == Logits.All)
        {
            _batch.RequestAllLogits();
        }
        return DecodeUnchecked(_batch);
    }

    /// <summary>Makes the exception for a code of <c>llama_decode</c>, with libllama's words.</summary>
    internal static InferenceException DecodeFailed(int code, int tokens) =>
        NativeFailure.Inference($"llama_decode failed with code {code} on {tokens} tokens", code);

    internal void RequireLogits(int index, int vocabularySize)
    {
        if (vocabularySize != _vocabularySize)
        {
            throw new InvalidOperationException($"The sampler was made for a vocabulary of {vocabularySize} tokens, the context has {_vocabularySize}.");
        }
        bool present = index < 0 ? index >= -_outputCount : index < _outputRows && _outputs[index] != 0;
        if (!present)
        {
            throw new InvalidOperationException($"There are no logits at index {index}: the last decode computed {_outputCount}.");
        }
    }

    private int DecodeUnchecked(LlamaBatch batch)
    {
        int result = Compute(batch, encode: false);
        ReadOnlySpan<sbyte> wanted = batch.Logits;
        wanted.CopyTo(_outputs);
        _outputRows = result == 0 ? wanted.Length : 0;
        _outputCount = result == 0 ? wanted.Length - wanted.Count((sbyte)0) : 0;
        return result;
    }

    private void Validate(LlamaBatch batch)
    {
        RequireBatchSize(batch.Count);
        foreach (int token in batch.Tokens)
        {
            if ((uint)token >= (uint)_vocabularySize)
            {
                throw new ArgumentException($"The batch names token {token}; the vocabulary has the tokens 0 to {_vocabularySize - 1}.", nameof(batch));
            }
        }
        foreach (int sequence in batch.Sequences)
        {
            RequireSequence(sequence);
        }
    }

    private void RequireBatchSize(int count)
    {
        if (count < 1 || count > BatchSize)
        {
            throw new ArgumentException($"A batch has 1 to {BatchSize} tokens here, not {count}.", nameof(count));
        }
    }

    private void RequireSequence(int sequence)
    {
        if ((uint)sequence >= (uint)MaxSequences)
        {
            throw new ArgumentOutOfRangeException(nameof(sequence), sequence, $"The context has the sequences 0 to {MaxSequences - 1}.");
        }
    }
}
