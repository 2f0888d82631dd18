namespace Minilm;

/// <summary>One message of a chat. Control tokens spelled out in it are text.</summary>
/// <param name="Role">Who speaks: <see cref="System"/>, <see cref="User"/> or <see cref="Assistant"/>, or what else the model's template knows.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>The role of instructions.</summary>
    public const string System = "system";

    /// <summary>The role of the user.</summary>
    public const string User = "user";

    /// <summary>The role of the model.</summary>
    public const string Assistant = "assistant";
}
