namespace Minilm.Engine;

/// <summary>Guesses the tokens that come next, for the model to verify in one batch.</summary>
internal interface IDraft
{
    /// <summary>Writes a guess.</summary>
    /// <param name="seen">All tokens so far.</param>
    /// <param name="draft">Receives what may follow.</param>
    /// <returns>How many tokens were written.</returns>
    int Draft(ReadOnlySpan<int> seen, Span<int> draft);
}
