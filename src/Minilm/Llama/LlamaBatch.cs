using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Minilm.Interop;

namespace Minilm;

/// <summary>Tokens to decode in one call, each with its position and sequence. Its memory is allocated once and used again.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed unsafe class LlamaBatch
{
    // Pinned, so that native code reads them in place; collected like any array once no decode uses the batch.
    private readonly int[] _tokens;
    private readonly int[] _positions;
    private readonly int[] _sequences;
    private readonly int[] _sequenceCounts;
    private readonly nint[] _sequencePointers;
    private readonly sbyte[] _logits;

    /// <summary>Allocates a batch.</summary>
    /// <param name="capacity">The most tokens it can hold.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not positive.</exception>
    public LlamaBatch(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _tokens = Pinned<int>(capacity);
        _positions = Pinned<int>(capacity);
        _sequences = Pinned<int>(capacity);
        _sequenceCounts = Pinned<int>(capacity);
        _sequencePointers = Pinned<nint>(capacity);
        _logits = Pinned<sbyte>(capacity);
        Array.Fill(_sequenceCounts, 1);
        for (int i = 0; i < capacity; i++)
        {
            _sequencePointers[i] = (nint)AddressOf(_sequences) + i * sizeof(int);
        }
    }

    /// <summary>Gets the most tokens it can hold.</summary>
    public int Capacity => _tokens.Length;

    /// <summary>Gets the number of tokens in it.</summary>
    public int Count { get; private set; }

    internal ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    internal ReadOnlySpan<int> Sequences => _sequences.AsSpan(0, Count);

    internal ReadOnlySpan<sbyte> Logits => _logits.AsSpan(0, Count);

    /// <summary>Removes all tokens.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a token.</summary>
    /// <param name="token">The token id.</param>
    /// <param name="position">Its position in its sequence.</param>
    /// <param name="sequence">Its sequence.</param>
    /// <param name="logits">Whether its logits are wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The position is negative.</exception>
    /// <exception cref="InvalidOperationException">The batch is full.</exception>
    public void Add(int token, int position, int sequence = 0, bool logits = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (Count == Capacity)
        {
            throw new InvalidOperationException($"The batch is full: it holds {Capacity} tokens.");
        }
        _tokens[Count] = token;
        _positions[Count] = position;
        _sequences[Count] = sequence;
        _logits[Count] = logits ? (sbyte)1 : (sbyte)0;
        Count++;
    }

    /// <summary>Fills the batch with consecutive tokens of one sequence.</summary>
    /// <param name="tokens">The token ids, at most <see cref="Capacity"/>.</param>
    /// <param name="position">The position of the first.</param>
    /// <param name="sequence">Their sequence.</param>
    /// <param name="lastLogits">Whether the logits of the last token are wanted.</param>
    /// <exception cref="ArgumentOutOfRangeException">The position is negative.</exception>
    /// <exception cref="InvalidOperationException">The tokens do not fit.</exception>
    public void Set(ReadOnlySpan<int> tokens, int position, int sequence = 0, bool lastLogits = true)
    {
        Clear();
        for (int i = 0; i < tokens.Length; i++)
        {
            Add(tokens[i], position + i, sequence, lastLogits && i == tokens.Length - 1);
        }
    }

    /// <summary>Asks for the logits of every token.</summary>
    internal void RequestAllLogits() => _logits.AsSpan(0, Count).Fill(1);

    /// <summary>Decodes the batch; returns llama_decode's code.</summary>
    internal int Decode(Interop.Handles.SafeLlamaContextHandle context)
    {
        minilm_batch native = ToNative();
        int result = NativeMethods.minilm_decode(context, &native);
        GC.KeepAlive(this);
        return result;
    }

    /// <summary>Encodes the batch, which remembers nothing; returns llama_encode's code.</summary>
    internal int Encode(Interop.Handles.SafeLlamaContextHandle context)
    {
        minilm_batch native = ToNative();
        int result = NativeMethods.minilm_encode(context, &native);
        GC.KeepAlive(this);
        return result;
    }

    private minilm_batch ToNative() => new()
    {
        size = (uint)sizeof(minilm_batch),
        n_tokens = Count,
        token = AddressOf(_tokens),
        pos = AddressOf(_positions),
        n_seq_id = AddressOf(_sequenceCounts),
        seq_id = (int**)AddressOf(_sequencePointers),
        logits = AddressOf(_logits),
    };

    private static T[] Pinned<T>(int length) => GC.AllocateUninitializedArray<T>(length, pinned: true);

    private static T* AddressOf<T>(T[] pinned)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}

/// <summary>Which tokens of a decode get logits.</summary>
internal enum Logits
{
    None,
    Last,
    All,
}
