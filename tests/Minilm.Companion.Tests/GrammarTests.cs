using Minilm.Companion.Grammar;
using Minilm.Dialog;

namespace Minilm.Tests.Companion;

/// <summary>The sentences of the corpus: complete, recognisable, and enough of them.</summary>
[TestFixture]
public sealed class GrammarTests
{
    private static CompanionGrammar Grammar => CompanionWorkplace.Value.Grammar;

    [Test]
    public void The_grammar_keeps_its_own_rules() => Assert.That(GrammarCheck.Problems(Grammar), Is.Empty);

    [TestCase("calm {cup} is warm water.", "begins a sentence with a slot")]
    [TestCase("calm Hush. {cup} is warm water.", "begins a sentence with a slot")]
    [TestCase("calm Let {tea} grow cool.", "unknown slot {tea}")]
    [TestCase("calm Let the moss grow.", "has no keyword")]
    [TestCase("calm Let the tea grow cool!", "is loud")]
    [TestCase("calm Let the tea grow cool", "does not end as a sentence")]
    public void A_line_that_breaks_them_is_named(string line, string problem)
    {
        using var folder = new TemporaryFolder();
        string source = Repository.PathOf("models/companion/grammar");
        foreach (string file in Directory.EnumerateFiles(source, "*.txt", SearchOption.AllDirectories))
        {
            folder.Write(Path.GetRelativePath(source, file), File.ReadAllBytes(file));
        }
        File.AppendAllText(folder.PathOf("topics/drink.txt"), $"\n{line}\n");
        IReadOnlyList<string> problems = GrammarCheck.Problems(CompanionGrammar.Load(folder.Path));
        Assert.That(problems, Has.Count.EqualTo(1));
        Assert.That(problems[0], Does.StartWith("drink: calm").And.Contain(problem));
    }

    [Test]
    public void It_has_every_trigger_and_more_than_forty_topics()
    {
        Assert.That(Grammar.Triggers.Select(trigger => trigger.Name), Is.EquivalentTo(DialogTriggers.All));
        Assert.That(Grammar.Topics, Has.Count.AtLeast(40));
    }

    [Test]
    public void It_can_say_more_than_two_million_exchanges() => Assert.That(GrammarCheck.CountExchanges(Grammar), Is.GreaterThan(2_000_000));

    [Test]
    public void What_is_held_out_is_never_in_training()
    {
        Assert.Multiple(() =>
        {
            foreach (Topic.Intent intent in Grammar.Topics.SelectMany(topic => topic.Intents))
            {
                Assert.That(intent.Phrasings.Of(Split.HeldOut), Is.Not.Empty, intent.Name);
                Assert.That(intent.Phrasings.Of(Split.HeldOut).Intersect(intent.Phrasings.Of(Split.Training)), Is.Empty, intent.Name);
            }
        });
    }

    [TestCase("[a|b] c", "A c", "B c")]
    [TestCase("[a [x|y]|b]", "A x", "A y", "B")]
    [TestCase("so[ much|]", "So much", "So")]
    [TestCase("now [then|].", "Now then.", "Now.")]
    [TestCase("[well|] now [a|] [b|]!", "Well now a b!", "Well now a!", "Well now b!", "Well now!", "Now a b!", "Now a!", "Now b!", "Now!")]
    [TestCase("hot. [|So ]...Go", "Hot. ...Go", "Hot. So ...Go")]
    public void A_pattern_says_each_of_its_alternatives(string pattern, params string[] expected)
    {
        Pattern parsed = Pattern.Parse(pattern);
        var random = new Random(1);
        Assert.That(Enumerable.Range(0, 200).Select(_ => parsed.Expand(random, slot => slot)).Distinct(StringComparer.Ordinal), Is.EquivalentTo(expected));
        Assert.That(parsed.All(slot => slot), Is.EquivalentTo(expected));
        Assert.That(parsed.Count(_ => 1), Is.EqualTo(expected.Length));
    }

    [TestCase("I saw a {x}.", "owl", ExpectedResult = "I saw an owl.")]
    [TestCase("{x}? Yes. {x} it is.", "tea", ExpectedResult = "Tea? Yes. Tea it is.")]
    [TestCase("Um... {x}!", "tea", ExpectedResult = "Um... tea!")]
    public string A_value_fits_its_place(string pattern, string value) => Pattern.Parse(pattern).Expand(new Random(1), _ => value);

    [TestCase("[a|b", "no ']'")]
    [TestCase("{a", "no '}'")]
    [TestCase("a]", "without a beginning")]
    public void A_broken_pattern_is_an_error_that_shows_it(string pattern, string problem) =>
        Assert.That(() => Pattern.Parse(pattern), Throws.TypeOf<GrammarException>().With.Message.Contains(problem).And.Message.Contains("a"));
}
