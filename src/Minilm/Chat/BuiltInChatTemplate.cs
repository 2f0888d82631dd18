using System.Globalization;

namespace Minilm.Chat;

/// <summary>
/// A chat template that libllama can apply. What it writes around the messages may spell control tokens; what the
/// messages say may not: the template is applied to placeholders, and the messages come in afterwards, as text.
/// </summary>
internal sealed class BuiltInChatTemplate
{
    private readonly string _template;

    private BuiltInChatTemplate(string template) => _template = template;

    /// <summary>Takes a template, in Jinja as models state it, or the name of one that is built in; null when libllama does not know it.</summary>
    public static BuiltInChatTemplate? TryCreate(string? template) =>
        template is { Length: > 0 } && !template.Contains('\0', StringComparison.Ordinal) && LlamaChatTemplates.TryApply(template, [new ChatMessage(ChatMessage.User, "x")]) is not null
            ? new BuiltInChatTemplate(template)
            : null;

    /// <summary>Takes a template that a host asks for.</summary>
    /// <exception cref="ArgumentException">libllama does not know it; the message names the choices.</exception>
    public static BuiltInChatTemplate Require(string template) => TryCreate(template) ?? throw new ArgumentException(
        $"The chat template '{(template.Length > 60 ? template[..60] + "…" : template)}' is not one that libllama knows. Give a template like that of a known model, or a name: {string.Join(", ", LlamaChatTemplates.Names)}.", nameof(template));

    /// <summary>Writes a prompt that ends where the model's answer begins. What the template has no place for the system to say, the next message begins with.</summary>
    /// <exception cref="ArgumentException">There is no message, or a role is not a word.</exception>
    /// <exception cref="NotSupportedException">The template leaves a message out.</exception>
    public IReadOnlyList<PromptPart> Render(IReadOnlyList<ChatMessage> messages)
    {
        var placeholders = new ChatMessage[messages.Count];
        for (int i = 0; i < placeholders.Length; i++)
        {
            placeholders[i] = messages[i] with { Content = Placeholder(i) };
        }
        string text = LlamaChatTemplates.TryApply(_template, placeholders) ?? throw new NotSupportedException("The chat template cannot be applied to these messages.");
        List<PromptPart> parts = new((2 * messages.Count) + 1);
        int from = 0;
        for (int i = 0; i < placeholders.Length; i++)
        {
            int at = text.IndexOf(placeholders[i].Content, from, StringComparison.Ordinal);
            if (at < 0 && messages[i].Role == ChatMessage.System && i + 1 < messages.Count)
            {
                ChatMessage joined = messages[i + 1] with { Content = $"{messages[i].Content}\n\n{messages[i + 1].Content}" };
                return Render([.. messages.Take(i), joined, .. messages.Skip(i + 2)]);
            }
            if (at < 0)
            {
                throw new NotSupportedException($"The model's chat template leaves out message {i}, of the role '{messages[i].Role}'. Say it in a message of another role.");
            }
            parts.Add(new PromptPart(text[from..at], FromTemplate: true));
            parts.Add(new PromptPart(messages[i].Content, FromTemplate: false));
            from = at + placeholders[i].Content.Length;
        }
        parts.Add(new PromptPart(text[from..], FromTemplate: true));
        return parts;
    }

    // Control characters: no template writes them, and none trims them.
    private static string Placeholder(int index) => string.Create(CultureInfo.InvariantCulture, $"\u0001{index}\u0002");
}

/// <summary>A piece of a prompt.</summary>
/// <param name="Text">The text.</param>
/// <param name="FromTemplate">Whether control tokens spelled out in it are control tokens.</param>
internal readonly record struct PromptPart(string Text, bool FromTemplate);
