namespace Minilm.Dialog;

/// <summary>The user's feedback on a response.</summary>
/// <param name="Positive">Whether the user liked it.</param>
/// <param name="Engagement">How much the user engaged with it, from 0 to 1.</param>
public sealed record DialogFeedback(bool Positive, double Engagement = 0.5);
