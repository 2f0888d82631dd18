namespace Minilm.Engine;

/// <summary>What one sequence of a context's memory holds: the tokens at the positions from 0.</summary>
internal sealed class CachedSequence(int id, int capacity)
{
    private readonly int[] _tokens = new int[capacity];

    public int Id { get; } = id;

    public int Count { get; private set; }

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Gets or sets when the sequence was used last, in calls.</summary>
    public long LastUse { get; set; }

    /// <summary>Gets or sets the fingerprint of the adapters that the tokens were computed with.</summary>
    public ulong Adapters { get; set; }

    /// <summary>Gets how many tokens from the first are as the model computed them: fewer than all after a shift.</summary>
    public int Reusable { get; private set; }

    public void Append(ReadOnlySpan<int> tokens)
    {
        tokens.CopyTo(_tokens.AsSpan(Count));
        Reusable = Reusable == Count ? Count + tokens.Length : Reusable;
        Count += tokens.Length;
    }

    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = Math.Min(Count, count);
        Reusable = Math.Min(Reusable, Count);
    }

    /// <summary>Notes that tokens were taken out and those behind them moved forward.</summary>
    public void Remove(int start, int count)
    {
        _tokens.AsSpan((start + count)..Count).CopyTo(_tokens.AsSpan(start));
        Count -= count;
        Reusable = Math.Min(Reusable, start);
    }

    /// <summary>Counts the tokens from the first that a prompt begins with and that need not be decoded again.</summary>
    public int CommonPrefix(ReadOnlySpan<int> prompt) => _tokens.AsSpan(0, Reusable).CommonPrefixLength(prompt);
}
