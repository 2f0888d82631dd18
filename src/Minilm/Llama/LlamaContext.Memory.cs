using Minilm.Interop;

namespace Minilm;

/// <content>What the memory holds of sequences.</content>
public sealed unsafe partial class LlamaContext
{
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
}
