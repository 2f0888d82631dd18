using Minilm.Companion.Grammar;
using Minilm.Dialog;
using Minilm.Dialog.History;
using Minilm.Dialog.Prompting;

namespace Minilm.Companion.Dialogs;

/// <summary>What happened, and what was replied.</summary>
/// <param name="Topic">The topic or trigger that the reply has to fit.</param>
/// <param name="Kind">Topic, trigger, follow-up or recall.</param>
/// <param name="Group">The replies that it was chosen from: those of an intent, of a recall, of follow-ups, of a trigger.</param>
/// <param name="Trigger">The trigger of the dialog system.</param>
/// <param name="UserText">What the user said; null for a mere event.</param>
/// <param name="Reply">The gold reply.</param>
/// <param name="Values">The values of slots that the exchange is about.</param>
internal sealed record SampledTurn(Topic Topic, TurnKind Kind, string Group, string Trigger, string? UserText, string Reply, IReadOnlyCollection<string> Values);

internal enum TurnKind
{
    Topic,
    Trigger,
    FollowUp,
    Recall,
}

/// <summary>A persona and what was said.</summary>
internal sealed record SampledDialog(Persona Persona, IReadOnlyList<SampledTurn> Turns)
{
    /// <summary>Writes the messages up to what the user said last, exactly as the dialog system does.</summary>
    public IReadOnlyList<ChatMessage> Messages()
    {
        SampledTurn last = Turns[^1];
        return PromptBuilder.BuildMessages(
            new PromptInput
            {
                CharacterName = Persona.Name,
                Description = Persona.Description,
                SystemPrompt = Persona.SystemPrompt,
                PersonalityLines = Persona.Lines,
                Traits = Persona.Traits,
                Context = new DialogContext
                {
                    Trigger = last.Trigger,
                    UserText = last.UserText,
                    UserName = Persona.UserName,
                    Mood = Persona.Mood,
                    TimeOfDay = Persona.TimeOfDay,
                    RelationshipLevel = Persona.Relationship,
                },
                History = [.. Turns.SkipLast(1).Select(turn => new DialogExchange { Trigger = turn.Trigger, UserText = turn.UserText, Reply = turn.Reply, Backend = "llm", At = DateTimeOffset.UnixEpoch })],
                Now = DateTimeOffset.UnixEpoch,
            },
            _ => 0,
            budget: 1);
    }
}
