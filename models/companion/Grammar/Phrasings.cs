namespace Minilm.Companion.Grammar;

/// <summary>What users say to one effect: lines that are divided between training and evaluation, and lines for training alone.</summary>
/// <remarks>With the latter, more can be taught while what is held out stays the same.</remarks>
internal sealed class Phrasings
{
    private readonly List<Pattern> _divided = [];
    private readonly List<Pattern> _forTraining = [];

    public IEnumerable<Pattern> All => _divided.Concat(_forTraining);

    /// <summary>Adds a line <c>user</c>, which is divided, or <c>also</c>, which is not.</summary>
    public void Add(GrammarLine line) => (line.Key == "also" ? _forTraining : _divided).Add(line.Pattern());

    public IReadOnlyList<Pattern> Of(Split split) =>
        split == Split.HeldOut ? HeldOut.Of(_divided, split) : [.. HeldOut.Of(_divided, split), .. _forTraining];
}
