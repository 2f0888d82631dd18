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

    /// <exception cref="ArgumentException">There is no message, or a role is not a word.</exception>
    internal static void Require(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0)
        {
            throw new ArgumentException("There is no message to answer.", nameof(messages));
        }
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i] is not { Role.Length: > 0, Content: not null } message || !message.Role.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            {
                throw new ArgumentException($"Message {i} has the role '{messages[i]?.Role}'; a role is a word such as '{User}'.", nameof(messages)); // a template copies it next to control tokens
            }
        }
    }
}
