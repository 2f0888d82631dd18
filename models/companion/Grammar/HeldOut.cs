namespace Minilm.Companion.Grammar;

/// <summary>Which part of the grammar a dialog is sampled from. What one has, the other never has.</summary>
internal enum Split
{
    Training,
    HeldOut,
}

/// <summary>Divides lists between training and evaluation.</summary>
internal static class HeldOut
{
    // A shorter list has nothing to hold out: both parts share it.
    private const int Period = 8;

    /// <summary>Takes the last of every eight items for the evaluation, and the others for training.</summary>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> items, Split split)
    {
        if (items.Count < Period)
        {
            return items;
        }
        return [.. items.Where((_, i) => (i % Period == Period - 1) == (split == Split.HeldOut))];
    }
}
