using System.Globalization;

namespace Minilm.Dialog.Prompting;

/// <summary>Finds how much of the input fits into a token budget, with few counts: counting the tokens of a long prompt takes longer than building it.</summary>
internal static class PromptBudget
{
    private const string Gap = " … ";

    /// <summary>Builds the prompt that omits least.</summary>
    internal static T Fit<T>(PromptInput input, Func<PromptInput, PromptSelection, T> build, Func<T, int> count, int budget)
    {
        string? userText = input.Context.UserText;
        var selection = new PromptSelection(Math.Clamp(input.MaxHistoryLength, 0, input.History.Count), Personality: true, State: true, userText);
        if (TryFit(input, selection, build, count, budget, out T prompt, out _))
        {
            return prompt;
        }
        PromptSelection withoutHistory = selection with { Exchanges = 0 };
        if (selection.Exchanges > 0 && TryFit(input, withoutHistory, build, count, budget, out prompt, out _))
        {
            return Largest(selection.Exchanges - 1, selection.Exchanges / 2, prompt, n => selection with { Exchanges = n }, input, build, count, budget);
        }
        PromptSelection bare = withoutHistory with { Personality = false, State = false };
        if (TryFit(input, bare, build, count, budget, out prompt, out int tokens))
        {
            return TryFit(input, withoutHistory with { Personality = false }, build, count, budget, out T withState, out _) ? withState : prompt;
        }
        if (string.IsNullOrWhiteSpace(userText))
        {
            return prompt;
        }
        int[] elements = StringInfo.ParseCombiningCharacters(userText);
        int guess = (int)((long)elements.Length * Math.Max(budget, 0) / Math.Max(tokens, 1));
        T shortest = build(input, bare with { UserText = Shorten(userText, elements, 0) });
        return Largest(elements.Length - 1, guess, shortest, n => bare with { UserText = Shorten(userText, elements, n) }, input, build, count, budget);
    }

    private static bool TryFit<T>(PromptInput input, PromptSelection selection, Func<PromptInput, PromptSelection, T> build, Func<T, int> count, int budget, out T prompt, out int tokens)
    {
        prompt = build(input, selection);
        tokens = count(prompt);
        return tokens <= budget;
    }

    /// <summary>Builds the prompt with the largest size from 1 to <paramref name="high"/> that fits; returns <paramref name="smallest"/> when none does.</summary>
    private static T Largest<T>(int high, int guess, T smallest, Func<int, PromptSelection> selection, PromptInput input, Func<PromptInput, PromptSelection, T> build, Func<T, int> count, int budget)
    {
        T best = smallest;
        int low = 1;
        int probe = guess;
        for (int i = 0; low <= high; i++)
        {
            probe = Math.Clamp(probe, low, high);
            if (TryFit(input, selection(probe), build, count, budget, out T prompt, out _))
            {
                best = prompt;
                low = probe + 1;
            }
            else
            {
                high = probe - 1;
            }
            // After a guess that fits, the limit is likely to be close to it.
            probe = i == 0 && low > guess ? low + (low / 4) : low + ((high - low) / 2);
        }
        return best;
    }

    // Counts text elements, so that no letter loses its marks and no emoji is split.
    private static string Shorten(string text, int[] elements, int kept)
    {
        int head = (kept + 1) / 2;
        int tail = kept - head;
        ReadOnlySpan<char> end = tail == 0 ? [] : text.AsSpan(elements[^tail]);
        return string.Concat(text.AsSpan(0, elements[head]).TrimEnd(), Gap, end.TrimStart()).Trim();
    }
}
