using Minilm.Interop;

namespace Minilm;

/// <content>Saving and loading a sequence.</content>
public sealed unsafe partial class LlamaContext
{
    /// <summary>Saves what the memory holds of a sequence, with the tokens that it was computed from.</summary>
    /// <param name="tokens">The tokens at the positions from 0.</param>
    /// <param name="sequence">The sequence.</param>
    /// <returns>Bytes for <see cref="LoadSequence"/>, on this version of libllama and a context of the same model and KV types.</returns>
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
    /// <exception cref="InvalidDataException">It is damaged, of another model, of another version of libllama, or does not fit into this context; the sequence is empty then.</exception>
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
            throw new InvalidDataException($"libllama does not take the saved sequence: {words}. A context with other KV types or without room for {tokens.Length} tokens is a common reason.");
        }
        return tokens;
    }
}
