using System.Text;
using Minilm.Chat;

namespace Minilm.Engine;

/// <summary>Turns the prompts and chats of calls into tokens, as a model wants them.</summary>
/// <param name="vocab">The model's vocabulary.</param>
/// <param name="template">The model's chat template; null when it states none, or one that libllama does not know.</param>
/// <param name="statesTemplate">Whether the model states a chat template, known or not.</param>
/// <param name="contextSize">The tokens that a prompt may have.</param>
/// <param name="trainedContextSize">The tokens that the model was trained for.</param>
internal sealed class PromptTokenizer(LlamaVocab vocab, BuiltInChatTemplate? template, bool statesTemplate, int contextSize, int trainedContextSize)
{
    private readonly Lazy<ControlTokens> _controlTokens = new(() => new ControlTokens(vocab));

    /// <summary>Tokenizes a prompt or a chat, in a buffer to be disposed.</summary>
    /// <exception cref="ArgumentException">The prompt is empty.</exception>
    /// <exception cref="NotSupportedException">The model has no chat template that libllama knows, or it leaves a message out.</exception>
    /// <exception cref="ContextOverflowException">The prompt cannot fit into the context window, however it is split.</exception>
    public TokenizedPrompt Tokenize(CompletionRequest request)
    {
        if (request.Messages is not { } messages)
        {
            string prompt = request.Prompt!;
            if (prompt.Length == 0)
            {
                throw new ArgumentException("The prompt is empty.", nameof(request));
            }
            RequireRoom(Encoding.UTF8.GetByteCount(prompt));
            return TokenizedPrompt.Of(vocab, prompt, addSpecial: true, request.Options?.ParseSpecialTokens ?? false);
        }
        IReadOnlyList<PromptPart> parts = (template ?? throw NoTemplate()).Render(messages);
        RequireRoom(parts.Sum(part => part.FromTemplate ? 0L : Encoding.UTF8.GetByteCount(part.Text)));
        return TokenizedPrompt.Of(vocab, _controlTokens.Value, parts);
    }

    /// <summary>Makes the exception for a prompt that is too long.</summary>
    /// <param name="count">Its tokens in words.</param>
    /// <param name="tokens">Its tokens.</param>
    public ContextOverflowException Overflow(string count, long tokens) => new(
        $"The prompt has {count} tokens, but the context window is {contextSize}. Shorten the prompt{(trainedContextSize > contextSize ? $", or configure a larger {nameof(LlamaModelOptions.ContextSize)}" : "")} (the model was trained for {trainedContextSize}).",
        tokens,
        contextSize);

    // Before the work: tokenizing megabytes takes longer than any deadline.
    private void RequireRoom(long bytes)
    {
        if (bytes / 16 > contextSize && bytes / vocab.LongestPiece > contextSize)
        {
            throw Overflow($"at least {bytes / vocab.LongestPiece}", bytes / vocab.LongestPiece);
        }
    }

    private NotSupportedException NoTemplate() => new(
        $"The model states {(statesTemplate ? "a chat template that libllama does not know" : "no chat template")}. Give it a prompt of text, or choose a template: {string.Join(", ", LlamaChatTemplates.Names)}.");
}
