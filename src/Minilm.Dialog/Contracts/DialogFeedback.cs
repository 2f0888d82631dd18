namespace Minilm.Dialog;

/// <summary>What the user made of the last response.</summary>
/// <param name="Positive">Whether it was liked.</param>
/// <param name="Engagement">How much it was answered to, from 0 to 1.</param>
public sealed record DialogFeedback(bool Positive, double Engagement = 0.5);
