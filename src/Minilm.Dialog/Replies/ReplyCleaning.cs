namespace Minilm.Dialog.Text;

/// <summary>What <see cref="ReplyCleaner"/> needs to know about the dialog to separate the reply from what a model writes around it.</summary>
public sealed record ReplyCleaning
{
    /// <summary>Gets the character's name, which models often put before the reply; null when unknown.</summary>
    public string? CharacterName { get; init; }

    /// <summary>Gets the user's name, which starts turns that a model invents for the user; null when unknown.</summary>
    public string? UserName { get; init; }

    /// <summary>Gets the text prompt that the model may have repeated; null when it was prompted with chat messages.</summary>
    public string? Prompt { get; init; }
}
