using System.Text;
using Minilm.Dialog.History;
using Minilm.Dialog.Replies;

namespace Minilm.Dialog.Prompting;

/// <summary>
/// Writes what a language model is asked, within a budget. Too long a prompt loses the oldest exchanges first, then the personality,
/// then the state, then the middle of what the user said; the situation stays.
/// </summary>
public static class PromptBuilder
{
    private const int MaxPooledCapacity = 1 << 16;

    [ThreadStatic]
    private static StringBuilder? t_prompt;

    /// <summary>Writes a prompt for a model without a chat template: system, personality, state, history, situation, guidelines, and <c>Your response:</c>.</summary>
    /// <param name="input">What the prompt is made of.</param>
    /// <param name="countTokens">Counts the tokens of a prompt. Called once when all fits.</param>
    /// <param name="budget">The most tokens.</param>
    /// <returns>The prompt. Over the budget only when even the shortest one is.</returns>
    public static string BuildText(PromptInput input, Func<string, int> countTokens, int budget)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(countTokens);
        return PromptBudget.Fit(input, Text, countTokens, budget);
    }

    /// <summary>
    /// Writes messages for a model with a chat template: one of the system (system, personality, state, guidelines), a pair for each exchange
    /// without its age, and one of the user: what was said as it is, after the situation when that was more than talk.
    /// </summary>
    /// <param name="input">What the messages are made of.</param>
    /// <param name="countTokens">Counts the tokens of messages, the template's own included. Called once when all fits.</param>
    /// <param name="budget">The most tokens.</param>
    /// <returns>The messages. Over the budget only when even the shortest ones are.</returns>
    public static IReadOnlyList<ChatMessage> BuildMessages(PromptInput input, Func<IReadOnlyList<ChatMessage>, int> countTokens, int budget)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(countTokens);
        return PromptBudget.Fit(input, Messages, countTokens, budget);
    }

    private static string Text(PromptInput input, PromptSelection selection)
    {
        StringBuilder prompt = Rent();
        bool isTemplate = PromptTemplate.IsTemplate(input.SystemPrompt);
        AppendInstruction(prompt, input, selection, isTemplate, forMessages: false);
        if (!isTemplate)
        {
            int start = Open(prompt, PromptHeadings.History, out int body);
            PromptSections.AppendHistory(prompt, input, selection);
            Close(prompt, start, body);
        }
        if (!isTemplate || !PromptTemplate.HasSituation(input.SystemPrompt!))
        {
            Open(prompt, PromptHeadings.Situation, out _);
            Situations.Append(prompt, input, input.Context.Trigger, selection.UserText);
        }
        if (!isTemplate)
        {
            Open(prompt, PromptHeadings.Guidelines, out _);
            PromptSections.AppendGuidelines(prompt, input);
        }
        if (!isTemplate || !HasCue(input.SystemPrompt!))
        {
            prompt.Append("\n\n").Append(PromptHeadings.Response);
        }
        return Return(prompt);
    }

    private static List<ChatMessage> Messages(PromptInput input, PromptSelection selection)
    {
        var messages = new List<ChatMessage>((2 * selection.Exchanges) + 2);
        StringBuilder prompt = Rent();
        bool isTemplate = PromptTemplate.IsTemplate(input.SystemPrompt);
        AppendInstruction(prompt, input, selection, isTemplate, forMessages: true);
        if (!isTemplate)
        {
            Open(prompt, PromptHeadings.Guidelines, out _);
            PromptSections.AppendGuidelines(prompt, input);
        }
        string instruction = Return(prompt);
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
        int start = Open(prompt, PromptHeadings.Personality, out int body);
        PromptSections.AppendPersonality(prompt, input, selection);
        Close(prompt, start, body);
        start = Open(prompt, PromptHeadings.State, out body);
        PromptSections.AppendState(prompt, input, selection);
        Close(prompt, start, body);
    }

    private static ChatMessage UserMessage(PromptInput input, string trigger, string? userText)
    {
        if (Situations.IsTalk(trigger, userText))
        {
            return new ChatMessage(ChatMessage.User, userText);
        }
        StringBuilder content = Rent();
        Situations.AppendEvent(content, input, trigger);
        if (!string.IsNullOrWhiteSpace(userText))
        {
            content.Append('\n').Append(userText);
        }
        return new ChatMessage(ChatMessage.User, Return(content));
    }

    // A template that ends with a colon asks for the reply in its own way.
    private static bool HasCue(string template) => template.AsSpan().TrimEnd() is [.., ':'];

    private static int Open(StringBuilder prompt, string heading, out int body)
    {
        int start = prompt.Length;
        prompt.Append("\n\n").Append(heading).Append('\n');
        body = prompt.Length;
        return start;
    }

    private static void Close(StringBuilder prompt, int start, int body)
    {
        if (prompt.Length == body)
        {
            prompt.Length = start;
        }
    }

    private static StringBuilder Rent()
    {
        StringBuilder prompt = t_prompt ?? new StringBuilder(4096);
        t_prompt = null;
        return prompt.Clear();
    }

    private static string Return(StringBuilder prompt)
    {
        if (prompt.Capacity <= MaxPooledCapacity)
        {
            t_prompt = prompt;
        }
        return prompt.ToString();
    }
}
