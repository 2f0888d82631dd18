using System.Text;

namespace Minilm.Dialog.Prompting;

/// <summary>
/// System prompts with variables. One that contains <c>{personality}</c>, <c>{systemPrompt}</c>, <c>{characterState}</c>,
/// <c>{conversationHistory}</c>, <c>{currentSituation}</c> or <c>{responseInstructions}</c> is a template of the whole prompt.
/// <c>{trigger}</c>, <c>{mood}</c>, <c>{timeOfDay}</c> and <c>{relationshipLevel}</c> may stand in any system prompt.
/// </summary>
public static class PromptTemplate
{
    private const string Situation = "{currentSituation}";

    private static readonly string[] SectionVariables =
        ["{personality}", "{systemPrompt}", "{characterState}", "{conversationHistory}", Situation, "{responseInstructions}"];

    /// <summary>Tells whether a system prompt is a template of the whole prompt.</summary>
    /// <param name="systemPrompt">The system prompt; null means none.</param>
    /// <returns>True when it contains a variable that stands for a section.</returns>
    public static bool IsTemplate(string? systemPrompt) =>
        systemPrompt is not null && systemPrompt.Contains('{') && SectionVariables.Any(variable => systemPrompt.Contains(variable, StringComparison.Ordinal));

    /// <summary>Tells whether a template has a place for the situation.</summary>
    internal static bool HasSituation(string template) => template.Contains(Situation, StringComparison.Ordinal);

    /// <summary>Appends a system prompt with its variables replaced. Values are not expanded again: braces in them stay.</summary>
    internal static void Expand(StringBuilder prompt, string template, PromptInput input, PromptSelection selection, bool forMessages)
    {
        int from = 0;
        while (template.IndexOf('{', from) is >= 0 and var open && template.IndexOf('}', open) is >= 0 and var close)
        {
            // In "{a {mood}" the inner brace opens the variable.
            open = template.LastIndexOf('{', close);
            prompt.Append(template, from, open - from);
            if (!Append(prompt, template.AsSpan(open + 1, close - open - 1), input, selection, forMessages))
            {
                prompt.Append(template, open, close + 1 - open);
            }
            from = close + 1;
        }
        prompt.Append(template, from, template.Length - from);
    }

    private static bool Append(StringBuilder prompt, ReadOnlySpan<char> variable, PromptInput input, PromptSelection selection, bool forMessages)
    {
        switch (variable)
        {
            case "personality":
                PromptSections.AppendPersonality(prompt, input, selection);
                return true;
            case "systemPrompt":
                PromptSections.AppendSystem(prompt, input);
                return true;
            case "characterState":
                PromptSections.AppendState(prompt, input, selection);
                return true;
            case "conversationHistory":
                if (!forMessages)
                {
                    PromptSections.AppendHistory(prompt, input, selection);
                }
                return true;
            case "currentSituation":
                if (!forMessages)
                {
                    Situations.Append(prompt, input, input.Context.Trigger, selection.UserText);
                }
                return true;
            case "responseInstructions":
                PromptSections.AppendGuidelines(prompt, input);
                return true;
            case "trigger":
                PromptSections.AppendName(prompt, input.Context.Trigger, "");
                return true;
            case "mood":
                PromptSections.AppendMood(prompt, input);
                return true;
            case "timeOfDay":
                PromptSections.AppendTimeOfDay(prompt, input);
                return true;
            case "relationshipLevel":
                PromptSections.AppendRelationship(prompt, input);
                return true;
            default:
                return false;
        }
    }
}
