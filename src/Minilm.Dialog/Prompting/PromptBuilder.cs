using System.Text;
using Minilm.Dialog.History;
using Minilm.Dialog.Replies;

namespace Minilm.Dialog.Prompting;

/// <summary>
/// Builds the prompt of a language model within a token budget. What is omitted first from a prompt that is too long are the oldest
/// exchanges, then the personality, then the state, then the middle of what the user said; the situation always stays.
/// </summary>
public static class PromptBuilder
{
    private const int MaxPooledCapacity = 1 << 16;

    [ThreadStatic]
    private static StringBuilder? t_prompt;

    /// <summary>Builds a text prompt for a model without a chat template: system, personality, state, history, situation, guidelines, and <c>Your response:</c>.</summary>
    /// <param name="input">The input.</param>
    /// <param name="countTokens">Counts the tokens of a prompt. Called only once when everything fits.</param>
    /// <param name="budget">The maximum number of tokens.</param>
    /// <returns>The prompt. It exceeds the budget only when even the shortest one does.</returns>
    public static string BuildText(PromptInput input, Func<string, int> countTokens, int budget)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(countTokens);
        return PromptBudget.Fit(input, Text, countTokens, budget);
    }

    /// <summary>
    /// Builds messages for a model with a chat template: a system message (system, personality, state, guidelines), a pair of messages for
    /// each exchange, without its age, and a user message: the user's own words, after the situation if there is more to it than talk.
    /// </summary>
    /// <param name="input">The input.</param>
    /// <param name="countTokens">Counts the tokens of messages, including those of the template. Called only once when everything fits.</param>
    /// <param name="budget">The maximum number of tokens.</param>
    /// <returns>The messages. They exceed the budget only when even the shortest ones do.</returns>
    public static IReadOnlyList<ChatMessage> BuildMessages(PromptInput input, Func<IReadOnlyList<ChatMessage>, int> countTokens, int budget)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(countTokens);
        return PromptBudget.Fit(input, Messages, countTokens, budget);
    }

    private static string Text(PromptInput input, PromptSelection selection)
    {
        StringBuilder prompt = RentBuilder();
        bool isTemplate = PromptTemplate.IsTemplate(input.SystemPrompt);
        AppendInstruction(prompt, input, selection, isTemplate, forMessages: false);
        if (!isTemplate)
        {
            int start = OpenSection(prompt, PromptHeadings.History, out int body);
            PromptSections.AppendHistory(prompt, input, selection);
            CloseSection(prompt, start, body);
        }
        if (!isTemplate || !PromptTemplate.HasSituation(input.SystemPrompt!))
        {
            OpenSection(prompt, PromptHeadings.Situation, out _);
            Situations.Append(prompt, input, input.Context.Trigger, selection.UserText);
        }
        if (!isTemplate)
        {
            OpenSection(prompt, PromptHeadings.Guidelines, out _);
            PromptSections.AppendGuidelines(prompt, input);
        }
        if (!isTemplate || !HasCue(input.SystemPrompt!))
        {
            prompt.Append("\n\n").Append(PromptHeadings.Response);
        }
        return ReturnBuilder(prompt);
    }

    private static List<ChatMessage> Messages(PromptInput input, PromptSelection selection)
    {
        var messages = new List<ChatMessage>((2 * selection.Exchanges) + 2);
        StringBuilder prompt = RentBuilder();
        bool isTemplate = PromptTemplate.IsTemplate(input.SystemPrompt);
        AppendInstruction(prompt, input, selection, isTemplate, forMessages: true);
        if (!isTemplate)
        {
            OpenSection(prompt, PromptHeadings.Guidelines, out _);
            PromptSections.AppendGuidelines(prompt, input);
        }
        string instruction = ReturnBuilder(prompt);
        if (instruction.Length > 0)
        {
            messages.Add(new ChatMessage(ChatMessage.System, instruction));
        }
        for (int i = input.History.Count - selection.Exchanges; i < input.History.Count; i++)
        {
            DialogExchange exchange = input.History[i];
            messages.Add(UserMessage(input, exchange.Trigger, exchange.UserText));
            messages.Add(new ChatMessage(ChatMessage.Assistant, exchange.Reply));
        }
        messages.Add(UserMessage(input, input.Context.Trigger, selection.UserText));
        return messages;
    }

    private static void AppendInstruction(StringBuilder prompt, PromptInput input, PromptSelection selection, bool isTemplate, bool forMessages)
    {
        if (string.IsNullOrWhiteSpace(input.SystemPrompt))
        {
            PromptSections.AppendSystem(prompt, input);
        }
        else
        {
            PromptTemplate.Expand(prompt, input.SystemPrompt.Trim(), input, selection, forMessages);
        }
        if (isTemplate)
        {
            return;
        }
        int start = OpenSection(prompt, PromptHeadings.Personality, out int body);
        PromptSections.AppendPersonality(prompt, input, selection);
        CloseSection(prompt, start, body);
        start = OpenSection(prompt, PromptHeadings.State, out body);
        PromptSections.AppendState(prompt, input, selection);
        CloseSection(prompt, start, body);
    }

    private static ChatMessage UserMessage(PromptInput input, string trigger, string? userText)
    {
        if (Situations.IsTalk(trigger, userText))
        {
            return new ChatMessage(ChatMessage.User, userText);
        }
        StringBuilder content = RentBuilder();
        Situations.AppendEvent(content, input, trigger);
        if (!string.IsNullOrWhiteSpace(userText))
        {
            content.Append('\n').Append(userText);
        }
        return new ChatMessage(ChatMessage.User, ReturnBuilder(content));
    }

    // A template that ends with a colon has a cue of its own for the reply.
    private static bool HasCue(string template) => template.AsSpan().TrimEnd() is [.., ':'];

    private static int OpenSection(StringBuilder prompt, string heading, out int body)
    {
        int start = prompt.Length;
        prompt.Append("\n\n").Append(heading).Append('\n');
        body = prompt.Length;
        return start;
    }

    private static void CloseSection(StringBuilder prompt, int start, int body)
    {
        if (prompt.Length == body)
        {
            prompt.Length = start;
        }
    }

    private static StringBuilder RentBuilder()
    {
        StringBuilder prompt = t_prompt ?? new StringBuilder(4096);
        t_prompt = null;
        return prompt.Clear();
    }

    private static string ReturnBuilder(StringBuilder prompt)
    {
        if (prompt.Capacity <= MaxPooledCapacity)
        {
            t_prompt = prompt;
        }
        return prompt.ToString();
    }
}
