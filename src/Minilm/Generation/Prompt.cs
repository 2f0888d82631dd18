namespace Minilm.Generation;

/// <summary>What a call is given: a text, or the messages of a chat.</summary>
internal readonly struct Prompt
{
    public Prompt(string text) => Text = text;

    public Prompt(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Messages = messages;
    }

    public string? Text { get; }

    public IReadOnlyList<ChatMessage>? Messages { get; }
}
