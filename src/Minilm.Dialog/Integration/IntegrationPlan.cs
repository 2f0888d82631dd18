namespace Minilm.Dialog.Integration;

/// <summary>A change to a file: at a place, bytes are taken away (none, unless a card is activated) and text is put in.</summary>
/// <param name="Offset">The place in the original, in bytes from its start, a byte order mark included.</param>
/// <param name="RemovedLength">How many bytes of the original the text replaces; 0 for a mere insertion.</param>
/// <param name="Text">The new text as UTF-8.</param>
public sealed record CardEdit(int Offset, int RemovedLength, ReadOnlyMemory<byte> Text);

/// <summary>What would become of a card, computed without touching a file.</summary>
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

    /// <summary>Gets what is added, or why nothing is; and whether something keeps the model from answering.</summary>
    public string Reason { get; }

    /// <summary>Gets the bytes that were read.</summary>
    public ReadOnlyMemory<byte> Original { get; }

    /// <summary>Gets the changes, in the order of their offsets; none unless the verdict is <see cref="IntegrationVerdict.Integrated"/>.</summary>
    public IReadOnlyList<CardEdit> Edits { get; }

    /// <summary>Gets the bytes after the changes.</summary>
    public ReadOnlyMemory<byte> Result { get; }
}
