namespace Minilm.Dialog.Prompting;

/// <summary>Which parts of the input a prompt includes.</summary>
/// <param name="Exchanges">The number of newest exchanges.</param>
/// <param name="Personality">Whether the personality is included.</param>
/// <param name="State">Whether the state is included.</param>
/// <param name="UserText">What the user said, perhaps shortened; null when there were no words.</param>
internal readonly record struct PromptSelection(int Exchanges, bool Personality, bool State, string? UserText);
