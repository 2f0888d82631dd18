namespace Minilm.Engine;

/// <summary>
/// The sequences of a context that calls take turns on. A prompt is given the sequence that holds its longest beginning,
/// so that what was decoded once is not decoded again; where another conversation would lose its own tokens by that, it
/// gets a copy of the beginning in the sequence that was unused longest.
/// </summary>
internal sealed class SequenceCache
{
    private readonly LlamaContext _context;
    private readonly CachedSequence[] _sequences;
    private long _uses;

    public SequenceCache(LlamaContext context, int capacity)
    {
        _context = context;
        _sequences = [.. Enumerable.Range(0, context.MaxSequences).Select(id => new CachedSequence(id, capacity))];
    }

    /// <summary>Gets the sequence for a prompt, holding as much of its beginning as can be, and never all of it: the last token must be decoded for its logits.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="reuse">False takes an empty sequence.</param>
    public CachedSequence Take(ReadOnlySpan<int> prompt, bool reuse)
    {
        if (!reuse)
        {
            return TakeEmpty();
        }
        CachedSequence source = _sequences[0];
        int common = -1;
        foreach (CachedSequence sequence in _sequences)
        {
            int length = sequence.Adapters == _context.AdapterFingerprint ? Math.Min(sequence.CommonPrefix(prompt), prompt.Length - 1) : 0;
            if (length > common || (length == common && sequence.LastUse < source.LastUse))
            {
                (source, common) = (sequence, length);
            }
        }
        CachedSequence taken = source;
        if (common < source.Count && Oldest() is { } oldest && oldest != source)
        {
            Clear(oldest);
            taken = oldest;
            if (common > 0)
            {
                _context.CopySequence(source.Id, taken.Id);
                taken.Append(source.Tokens);
            }
        }
        taken.Adapters = _context.AdapterFingerprint;
        taken.LastUse = ++_uses;
        Trim(taken, common);
        return taken;
    }

    /// <summary>Gets the sequence that was unused longest, emptied.</summary>
    public CachedSequence TakeEmpty()
    {
        CachedSequence taken = Oldest();
        Clear(taken);
        taken.Adapters = _context.AdapterFingerprint;
        taken.LastUse = ++_uses;
        return taken;
    }

    /// <summary>Gives up another sequence to make room.</summary>
    /// <returns>False when there is no other.</returns>
    public bool Evict(CachedSequence keep)
    {
        CachedSequence? oldest = null;
        foreach (CachedSequence sequence in _sequences)
        {
            if (sequence != keep && sequence.Count > 0 && (oldest is null || sequence.LastUse < oldest.LastUse))
            {
                oldest = sequence;
            }
        }
        if (oldest is null)
        {
            return false;
        }
        Clear(oldest);
        return true;
    }

    /// <summary>Gets the sequence that was used last, for saving its state.</summary>
    public CachedSequence Latest => _sequences.MaxBy(sequence => sequence.LastUse)!;

    public void Clear()
    {
        _context.ClearMemory();
        foreach (CachedSequence sequence in _sequences)
        {
            sequence.Truncate(0);
        }
    }

    private CachedSequence Oldest() => _sequences.MinBy(sequence => sequence.LastUse)!;

    private void Clear(CachedSequence sequence)
    {
        _context.RemoveTokens(sequence.Id);
        sequence.Truncate(0);
    }

    /// <summary>Forgets what is behind the first tokens; all of them where the memory cannot be cut.</summary>
    public void Trim(CachedSequence sequence, int count)
    {
        // A memory that slides has dropped old positions, which tokens behind the new end would need: from anew.
        if (count < sequence.Count && (count == 0 || _context.FirstPosition(sequence.Id) > 0 || !_context.RemoveTokens(sequence.Id, count)))
        {
            Clear(sequence);
        }
        sequence.Truncate(count);
    }
}
