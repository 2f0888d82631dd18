namespace Minilm.Dialog.Integration;

/// <summary>Applies edits, and verifies that they lose nothing else.</summary>
internal static class CardEdits
{
    public static byte[] Apply(ReadOnlySpan<byte> original, IReadOnlyList<CardEdit> edits)
    {
        byte[] result = new byte[original.Length + edits.Sum(edit => edit.Text.Length - edit.RemovedLength)];
        int read = 0;
        int written = 0;
        foreach (CardEdit edit in edits)
        {
            Copy(original[read..edit.Offset]);
            Copy(edit.Text.Span);
            read = edit.Offset + edit.RemovedLength;
        }
        Copy(original[read..]);
        return result;

        void Copy(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(result.AsSpan(written));
            written += bytes.Length;
        }
    }

    /// <summary>Tells whether the result without the new text is the original without what the new text replaces, byte for byte.</summary>
    public static bool KeepAllBytes(ReadOnlySpan<byte> original, IReadOnlyList<CardEdit> edits, ReadOnlySpan<byte> result)
    {
        int read = 0;
        int seen = 0;
        foreach (CardEdit edit in edits)
        {
            int kept = edit.Offset - read;
            if (kept < 0
                || edit.Offset + edit.RemovedLength > original.Length
                || seen + kept + edit.Text.Length > result.Length
                || !original.Slice(read, kept).SequenceEqual(result.Slice(seen, kept)))
            {
                return false;
            }
            read = edit.Offset + edit.RemovedLength;
            seen += kept + edit.Text.Length;
        }
        return original[read..].SequenceEqual(result[seen..]);
    }
}
