using FsCheck;
using FsCheck.Fluent;
using Minilm.Dialog;
using Minilm.Dialog.Backends.Markov;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Backends;

[TestFixture]
public class MarkovPropertyTests
{
    private static readonly string[] Pieces = ["a", "b", "c", " ", " ", "  ", ".", "!", "…", "\"", "。", "、", "」", "「", "今", "日", "\u3000", "\u00A0", "😀", "\uD83D", "\t", "I'm "];

    [Test]
    public void RespondAsync_takes_all_words_from_any_lines_and_keeps_to_any_limit()
    {
        Gen<string> line = Gen.Elements(Pieces).ArrayOf().Select(string.Concat);
        Gen<(string[] Lines, int Order, int MaxWords, int Seed)> cases =
            from lines in line.ArrayOf()
            from order in Gen.Choose(1, 5)
            from maxWords in Gen.Choose(1, 50)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select (lines, order, maxWords, seed);

        Prop.ForAll(cases.ToArbitrary(), c => Holds(c.Lines, c.Order, c.MaxWords, c.Seed)).QuickCheckThrowOnFailure();
    }

    private static void Holds(string[] lines, int order, int maxWords, int seed)
    {
        HashSet<string> known = [.. lines.SelectMany(Words)];
        if (known.Count == 0)
        {
            return;
        }

        var config = new MarkovConfig { TrainingData = lines, ChainOrder = order, MinWords = 1 + (seed % maxWords), MaxWords = maxWords };
        using var backend = new MarkovBackend(config, BackendCards.Card(learns: true), seed);
        for (int i = 0; i < 20; i++)
        {
            DialogResponse response = backend.RespondAsync(BackendCards.Request(), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            List<string> words = Words(response.Text);
            Assert.That(words, Has.Count.InRange(1, maxWords));
            Assert.That(words.Except(known), Is.Empty);
            Assert.That(response.Confidence, Is.InRange(0.0, 1.0));
            backend.Learn(BackendCards.Exchange(response.Text), new DialogFeedback(Positive: i % 3 != 0));
        }
    }

    private static List<string> Words(string text)
    {
        List<string> words = [];
        var reader = new WordReader(text);
        while (reader.Next(out ReadOnlySpan<char> word))
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
