namespace Minilm.Dialog.Text;

/// <summary>What <see cref="ReplyCleaner"/> needs to know of the dialog to tell the reply from what a model writes around it.</summary>
public sealed record ReplyCleaning
{
    /// <summary>Gets the character's name, which models like to put in front; null when it is unknown.</summary>
    public string? CharacterName { get; init; }

    /// <summary>Gets the user's name, which begins the turns that models invent; null when it is unknown.</summary>
    public string? UserName { get; init; }

    /// <summary>Gets the text prompt that the model may have repeated; null when it was asked with chat messages.</summary>
    public string? Prompt { get; init; }
}
