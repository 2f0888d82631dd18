using Minilm.Dialog.Cards;

namespace Minilm.Dialog.Backends.Markov;

/// <summary>The lines of a card by trigger, ignoring case, with their animations; without blank lines and without duplicates within a trigger.</summary>
internal static class CardLines
{
    /// <summary>Groups all lines of a card by trigger.</summary>
    public static Dictionary<string, CardLine[]> ByTrigger(CharacterCard card) =>
        card.Dialogs
            .GroupBy(dialog => dialog.Trigger, StringComparer.OrdinalIgnoreCase)
            .Select(group => (Trigger: group.Key, Lines: group
                .SelectMany(dialog => dialog.Responses.Select(text => new CardLine(text, Animation(card, dialog.Animation))))
                .Where(line => !string.IsNullOrWhiteSpace(line.Text))
                .DistinctBy(line => line.Text, StringComparer.Ordinal)
                .ToArray()))
            .Where(entry => entry.Lines.Length > 0)
            .ToDictionary(entry => entry.Trigger, entry => entry.Lines, StringComparer.OrdinalIgnoreCase);

    private static string? Animation(CharacterCard card, string? name) => name is not null && card.Animations.ContainsKey(name) ? name : null;
}

/// <summary>A line of a card.</summary>
/// <param name="Text">What is said.</param>
/// <param name="Animation">What is shown: the dialog's animation; null when it names none, or one that the card does not have.</param>
internal readonly record struct CardLine(string Text, string? Animation);
