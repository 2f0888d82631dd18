namespace Minilm;

/// <summary>What a model is asked for: a text to continue or a chat to answer, with options, and who hears the text as it comes.</summary>
public sealed record CompletionRequest
{
    /// <summary>Asks for the continuation of a text.</summary>
    /// <param name="prompt">The text. Control tokens spelled out in it are text.</param>
    /// <param name="options">What differs from the model's defaults.</param>
    /// <exception cref="ArgumentNullException">The text is null.</exception>
    public CompletionRequest(string prompt, CompletionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        Prompt = prompt;
        Options = options;
    }

    /// <summary>Asks for the answer to a chat, with the model's own chat template.</summary>
    /// <param name="messages">What was said, the oldest first.</param>
    /// <param name="options">What differs from the model's defaults.</param>
    /// <exception cref="ArgumentException">There is no message, or a role is not a word.</exception>
    public CompletionRequest(IReadOnlyList<ChatMessage> messages, CompletionOptions? options = null)
    {
        ChatMessage.Require(messages);
        Messages = messages;
        Options = options;
    }

    /// <summary>Gets the text to continue; null for a chat.</summary>
    public string? Prompt { get; }

    /// <summary>Gets the messages to answer; null for a text.</summary>
    public IReadOnlyList<ChatMessage>? Messages { get; }

    /// <summary>Gets what differs from the model's defaults.</summary>
    public CompletionOptions? Options { get; init; }

    /// <summary>Gets what receives the text piece by piece: whole characters, and never a part of a stop string.</summary>
    public TextHandler? OnText { get; init; }
}

/// <summary>Receives text as it is generated.</summary>
/// <param name="text">Whole characters, valid during the call only.</param>
public delegate void TextHandler(ReadOnlySpan<char> text);
