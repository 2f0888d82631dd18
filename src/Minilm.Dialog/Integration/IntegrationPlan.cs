namespace Minilm.Dialog.Integration;

/// <summary>An edit of a file: text replaces bytes at an offset (none, unless a card is activated).</summary>
/// <param name="Offset">The offset in the original in bytes, counting a byte order mark.</param>
/// <param name="RemovedLength">The number of bytes of the original that are replaced; 0 for an insertion.</param>
/// <param name="Text">The new text as UTF-8.</param>
public sealed record CardEdit(int Offset, int RemovedLength, ReadOnlyMemory<byte> Text);

/// <summary>The planned changes to a card; no file is touched.</summary>
public sealed class IntegrationPlan
{
    internal IntegrationPlan(IntegrationVerdict verdict, string reason, ReadOnlyMemory<byte> original, IReadOnlyList<CardEdit>? edits = null)
    {
        Verdict = verdict;
        Reason = reason;
        Original = original;
        Edits = edits ?? [];
        Result = Edits.Count == 0 ? original : CardEdits.Apply(original.Span, Edits);
    }

    /// <summary>Gets the verdict.</summary>
    public IntegrationVerdict Verdict { get; }

    /// <summary>Gets what is added, or why nothing is, and what keeps the model from answering if anything does.</summary>
    public string Reason { get; }

    /// <summary>Gets the original bytes.</summary>
    public ReadOnlyMemory<byte> Original { get; }

    /// <summary>Gets the edits, in the order of their offsets; none unless the verdict is <see cref="IntegrationVerdict.Integrated"/>.</summary>
    public IReadOnlyList<CardEdit> Edits { get; }

    /// <summary>Gets the bytes after the edits.</summary>
    public ReadOnlyMemory<byte> Result { get; }
}
