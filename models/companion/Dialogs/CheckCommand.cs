using System.CommandLine;
using Minilm.Companion.Grammar;

namespace Minilm.Companion.Dialogs;

/// <summary><c>check</c>: counts what the grammar can say, and finds lines that break its rules.</summary>
internal sealed class CheckCommand : Command
{
    public CheckCommand()
        : base("check", "Checks the grammar's files, and counts what they can say.")
    {
        Add(Workplace.RootOption);
        SetAction(parsed =>
        {
            Workplace workplace = Workplace.Open(parsed.GetRequiredValue(Workplace.RootOption));
            IReadOnlyList<string> problems = GrammarCheck.Problems(workplace.Grammar);
            foreach (string problem in problems)
            {
                Console.Error.WriteLine(problem);
            }
            Console.WriteLine($"{workplace.Grammar.Topics.Count} topics, {workplace.Grammar.Triggers.Count} triggers, {Temperaments.All.Count} temperaments");
            Console.WriteLine($"single exchanges without persona and closing sentences: {GrammarCheck.CountExchanges(workplace.Grammar):N0}");
            return problems.Count == 0 ? 0 : 1;
        });
    }
}
