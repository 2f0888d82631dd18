using Minilm.Interop;
using Minilm.Interop.Handles;
using Minilm.Runtime;

namespace Minilm;

/// <summary>The memory and the compute buffers of running sequences on a model, for hosts that drive the decode loop themselves.</summary>
/// <remarks>
/// Not thread-safe, except <see cref="Cancel"/> and <see cref="Dispose"/>. It keeps its model loaded until it is disposed.
/// Created by <see cref="LlamaModel.CreateContext"/>.
/// </remarks>
public sealed unsafe class LlamaContext : IDisposable
{
    internal const int Aborted = (int)DecodeResult.Aborted;

    private readonly SafeAbortHandle _abort;
    private readonly ModelFingerprint _fingerprint;
    private readonly LlamaBatch _batch;
    private readonly sbyte[] _outputs; // which rows of the last decode have logits
    private readonly int _vocabularySize;
    private LlamaThreadPool? _pool;
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

    /// <summary>Gets a number that differs when other adapters or scales are set; 0 is none. What was decoded under one number is not what would be decoded under another.</summary>
    internal ulong AdapterFingerprint { get; private set; }

    /// <summary>Gets scratch memory for one sampler at a time: a candidate per token of the vocabulary, pinned.</summary>
    internal llama_token_data[] Candidates => field ??= GC.AllocateUninitializedArray<llama_token_data>(_vocabularySize, pinned: true);

    /// <summary>Creates a context.</summary>
    /// <exception cref="ModelLoadException">The library could not; the message has its words.</exception>
    internal static LlamaContext Create(SafeLlamaModelHandle model, LlamaContextOptions options, int contextSize, ModelFingerprint fingerprint)
    {
        SafeAbortHandle abort = NativeMethods.minilm_abort_new();
        SafeLlamaContextHandle? handle = null;
        try
        {
            if (abort.IsInvalid)
            {
                throw new ModelLoadException("A context could not be created: out of memory.");
            }
            handle = SafeLlamaContextHandle.Create(model, abort, ToNative(options, contextSize));
            if (handle.IsInvalid)
            {
                throw NativeFailure.Load($"A context of {contextSize} tokens could not be created");
            }
            var context = new LlamaContext(handle, abort, NativeMethods.llama_vocab_n_tokens(model.Vocab), fingerprint);
            if (options.ThreadPool is { } pool)
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
    /// <exception cref="InferenceException">The library could not compute; positions that do not follow the sequence's last one are such a reason.</exception>
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
            (int)DecodeResult.NoRoom => new ContextOverflowException($"The context of {ContextSize} tokens has no room for {batch.Count} more.", batch.Count, ContextSize),
            _ => NativeFailure.Inference($"llama_decode failed with code {result}", result),
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

    /// <summary>Replaces the LoRA adapters that the next decode computes with. What is in memory already stays as it was computed: see <see cref="ClearMemory"/>.</summary>
    /// <param name="adapters">The adapters and their scales, which add up; none removes all.</param>
    /// <exception cref="ArgumentException">An adapter is of another model or there twice, there are more than 1024, or a scale is not finite.</exception>
    /// <exception cref="InferenceException">The library could not.</exception>
    /// <exception cref="ObjectDisposedException">The context or an adapter was disposed.</exception>
    public void SetAdapters(params IReadOnlyList<LlamaAdapterScale> adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        if (adapters.Count > 1024)
        {
            throw new ArgumentException($"There are {adapters.Count} adapters; up to 1024 can be set.", nameof(adapters));
        }
        LlamaAdapterScale.Require(adapters, Handle.Model);
        ulong fingerprint = LlamaAdapterScale.Fingerprint(adapters);
        if (fingerprint == 0 && AdapterFingerprint == 0)
        {
            return;
        }
        LlamaAdapterScale[] active = [.. adapters.Where(adapter => adapter.Scale != 0)];
        int result = Handle.SetAdapters([.. active.Select(adapter => adapter.Adapter.Handle)], [.. active.Select(adapter => adapter.Scale)]);
        if (result != 0)
        {
            throw new InferenceException($"llama_set_adapters_lora failed with code {result}.");
        }
        AdapterFingerprint = fingerprint;
    }

    /// <summary>Waits until all computations are finished.</summary>
    public void Synchronize() => NativeFailure.Require(NativeMethods.minilm_synchronize(Handle), "llama_synchronize");

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

    /// <summary>Forgets all sequences.</summary>
    public void ClearMemory() => NativeFailure.Require(NativeMethods.minilm_memory_clear(Handle.Memory, data: false), "llama_memory_clear");

    /// <summary>Removes tokens of a sequence.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="start">The first position to remove.</param>
    /// <param name="end">The position after the last; negative is open.</param>
    /// <returns>False when the memory cannot remove a part (recurrent models).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public bool RemoveTokens(int sequence, int start = 0, int end = -1)
    {
        RequireSequence(sequence);
        return NativeMethods.minilm_memory_seq_rm(Handle.Memory, sequence, start, end);
    }

    /// <summary>Gets the first position that a sequence holds; −1 when it is empty, more than 0 when the memory slides over old positions.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <returns>A position.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public int FirstPosition(int sequence = 0)
    {
        RequireSequence(sequence);
        return NativeFailure.Require(NativeMethods.minilm_memory_seq_pos_min(Handle.Memory, sequence), "llama_memory_seq_pos_min");
    }

    /// <summary>Gets a value indicating whether positions can be moved (<see cref="ShiftTokens"/>).</summary>
    public bool CanShift => NativeMethods.minilm_memory_can_shift(Handle.Memory) && !NativeMethods.llama_model_is_hybrid(Handle.Model);

    /// <summary>Takes tokens out of a sequence and moves those behind them forward, so that decoding can go on in a full context.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="start">The first position to take out.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence, or a number is negative.</exception>
    /// <exception cref="NotSupportedException">The memory of this model cannot shift.</exception>
    public void ShiftTokens(int sequence, int start, int count)
    {
        RequireSequence(sequence);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, int.MaxValue - start);
        if (!CanShift)
        {
            throw new NotSupportedException("The memory of this model cannot shift.");
        }
        NativeMethods.minilm_memory_seq_rm(Handle.Memory, sequence, start, start + count);
        NativeFailure.Require(NativeMethods.minilm_memory_seq_add(Handle.Memory, sequence, start + count, -1, -count), "llama_memory_seq_add");
    }

    /// <summary>Lets a sequence share the tokens of another one without decoding them again.</summary>
    /// <param name="source">The sequence that has them.</param>
    /// <param name="destination">The sequence that gets them.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public void CopySequence(int source, int destination)
    {
        RequireSequence(source);
        RequireSequence(destination);
        NativeFailure.Require(NativeMethods.minilm_memory_seq_cp(Handle.Memory, source, destination, -1, -1), "llama_memory_seq_cp");
    }

    /// <summary>Gets the last position that a sequence holds; −1 when it is empty.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <returns>A position.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public int LastPosition(int sequence = 0)
    {
        RequireSequence(sequence);
        return NativeFailure.Require(NativeMethods.minilm_memory_seq_pos_max(Handle.Memory, sequence), "llama_memory_seq_pos_max");
    }

    /// <summary>Saves what the memory holds of a sequence, with the tokens that it was computed from.</summary>
    /// <param name="tokens">The tokens at the positions from 0.</param>
    /// <param name="sequence">The sequence.</param>
    /// <returns>Bytes for <see cref="LoadSequence"/>, on this version of the library and a context of the same model and KV types.</returns>
    /// <exception cref="InvalidOperationException">Adapters are set (<see cref="SetAdapters"/>).</exception>
    /// <exception cref="ArgumentException">The sequence holds another number of tokens.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public byte[] SaveSequence(ReadOnlySpan<int> tokens, int sequence = 0)
    {
        int held = LastPosition(sequence) + 1;
        if (AdapterFingerprint != 0)
        {
            throw new InvalidOperationException("A saved sequence does not know LoRA adapters. Save one that was computed without.");
        }
        if (held != tokens.Length)
        {
            throw new ArgumentException($"The sequence {sequence} holds {held} tokens, not {tokens.Length}.", nameof(tokens));
        }
        byte[] state = new byte[NativeMethods.minilm_state_seq_get_size(Handle, sequence)];
        nuint written;
        fixed (byte* pointer = state)
        {
            written = NativeMethods.minilm_state_seq_get_data(Handle, pointer, (nuint)state.Length, sequence);
        }
        return SequenceState.Write(_fingerprint, tokens, state.AsSpan(0, (int)written));
    }

    /// <summary>Restores a sequence. What it held is forgotten.</summary>
    /// <param name="saved">What <see cref="SaveSequence"/> gave.</param>
    /// <param name="sequence">The sequence, of any number.</param>
    /// <returns>The tokens that it holds now, at the positions from 0. They have no logits until the next decode.</returns>
    /// <exception cref="InvalidDataException">It is damaged, of another model, of another version of the library, or does not fit into this context; the sequence is empty then.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence.</exception>
    public int[] LoadSequence(ReadOnlySpan<byte> saved, int sequence = 0)
    {
        RequireSequence(sequence);
        RemoveTokens(sequence);
        int[] tokens = SequenceState.Read(_fingerprint, saved, out ReadOnlySpan<byte> state);
        if (tokens.Length > ContextSize || tokens.AsSpan().ContainsAnyExceptInRange(0, _vocabularySize - 1))
        {
            throw new InvalidDataException($"The saved sequence has {tokens.Length} tokens and does not fit into this context of {ContextSize}.");
        }
        nuint read;
        fixed (byte* pointer = state)
        {
            read = NativeMethods.minilm_state_seq_set_data(Handle, pointer, (nuint)state.Length, sequence);
        }
        string words = NativeFailure.Words;
        if (read != (nuint)state.Length || LastPosition(sequence) != tokens.Length - 1)
        {
            RemoveTokens(sequence);
            throw new InvalidDataException($"The library does not take the saved sequence: {words}. A context with other KV types or without room for {tokens.Length} tokens is a common reason.");
        }
        return tokens;
    }

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

    private static minilm_context_params ToNative(LlamaContextOptions options, int contextSize)
    {
        var native = new minilm_context_params { size = (uint)sizeof(minilm_context_params) };
        NativeMethods.minilm_context_default_params(&native);
        int sequences = Math.Max(options.MaxSequences, 1);
        int threads = options.Threads > 0 ? options.Threads : options.ThreadPool?.Threads ?? Machine.PhysicalCores;
        native.n_ctx = (uint)contextSize;
        native.n_batch = (uint)options.BatchFor(contextSize);
        native.n_ubatch = (uint)options.MicroBatchFor(contextSize);
        native.n_seq_max = (uint)sequences;
        native.n_threads = threads;
        native.n_threads_batch = options.PromptThreads > 0 ? options.PromptThreads : threads;
        native.flash_attn_type = (int)options.FlashAttention;
        native.kv_unified = options.UnifiedMemory;
        native.type_k = (int)options.KeyType;
        native.type_v = (int)options.ValueType;
        native.no_perf = true;
        if (options.Embedding is { } embedding)
        {
            native.embeddings = true;
            native.pooling_type = (int)embedding.Pooling;
            native.attention_type = (int)embedding.Attention;
            native.kv_unified = true; // sequences of different lengths in one micro-batch
            native.n_ubatch = native.n_batch; // an encoder computes a batch at once, and pooling sees one micro-batch
        }
        return native;
    }

    /// <summary>Computes the embeddings of a valid batch: with the memory where there is one, else by the encoder. Returns the library's code.</summary>
    internal int Embed(LlamaBatch batch)
    {
        _outputRows = _outputCount = 0;
        return Compute(batch, encode: Handle.Memory.IsInvalid);
    }

    /// <summary>Forgets all sequences, of models that remember them.</summary>
    internal void ForgetSequences()
    {
        if (!Handle.Memory.IsInvalid)
        {
            ClearMemory();
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

    /// <summary>Computes a batch; on a shared pool when it is this context's turn. Returns the library's code.</summary>
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
