using Minilm.Companion.Dialogs;
using Minilm.Companion.Evaluation;
using Minilm.Companion.Grammar;
using Minilm.Dialog;

namespace Minilm.Tests.Companion;

/// <summary>What the evaluation takes for a sentence of the grammar.</summary>
[TestFixture]
public sealed class ReplyParserTests
{
    private static readonly ReplyParser Parser = new(CompanionWorkplace.Value.Grammar);

    [TestCase("Training")]
    [TestCase("HeldOut")]
    public void All_that_the_grammar_writes_is_accepted(string part)
    {
        Split split = Enum.Parse<Split>(part);
        var random = new Random(5);
        Assert.Multiple(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                SampledDialog dialog = CompanionWorkplace.Value.ListedDialogs.Sample(random, split);
                string reply = dialog.Turns[^1].Reply;
                Assert.That(Parser.Accepts(new JudgedReply(dialog, reply)), Is.True, reply);
            }
        });
    }

    [TestCase("It was my math. One stone at a time.", ExpectedResult = true, TestName = "what the user said")]
    [TestCase("It was a letter. One stone at a time.", ExpectedResult = true, TestName = "what the grammar lists")]
    [TestCase("It was my umbrella factory. One stone at a time.", ExpectedResult = false, TestName = "what nobody said")]
    [TestCase("It was my math. One stone.", ExpectedResult = false, TestName = "half of a line")]
    [TestCase("It was my math. Once is plenty.", ExpectedResult = false, TestName = "halves of two lines")]
    [TestCase("it was my math. One stone at a time.", ExpectedResult = false, TestName = "a small letter at the beginning")]
    [TestCase("You have an old dog. I thought of its quiet.", ExpectedResult = true, TestName = "the right article")]
    [TestCase("You have a old dog. I thought of its quiet.", ExpectedResult = false, TestName = "the wrong article")]
    [TestCase("", ExpectedResult = false, TestName = "nothing")]
    public bool A_sentence_is_one_line_of_the_temperament(string reply)
    {
        Persona persona = CompanionWorkplace.Value.Personas.OfCard(new Random(1), Temperament.Calm, Split.HeldOut);
        Topic topic = CompanionWorkplace.Value.Grammar.Topics.Single(topic => topic.Name == "abilities");
        var turn = new SampledTurn(topic, TurnKind.Recall, "recall help", DialogTriggers.Talk, "Can you help me with my math essay?", reply, []);
        return Parser.Accepts(new JudgedReply(new SampledDialog(persona, [turn]), reply));
    }
}
