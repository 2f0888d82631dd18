using System.Text;
using Minilm.Dialog.Integration;

namespace Minilm.Tests.Dialog.Integration;

public sealed class CardActivationTests
{
    private const string Rest = "\"confidenceThreshold\":0.10,\"memoryEnabled\":true,\"learningEnabled\":false,\"backends\":{\"llm\":{\"modelPath\":\"m\"}}";

    [TestCase("\"markov_chain\"", "[\"simple_random\"]", "\"llm\"", "[\"markov_chain\", \"simple_random\"]")]
    [TestCase("\"markov_chain\"", "[ \"llm\" , \"simple_random\" ]", "\"llm\"", "[ \"markov_chain\" , \"simple_random\" ]")]
    [TestCase("\"a\"", "[\"b\",\"a\",\"b\",\"llm\",\"c\"]", "\"llm\"", "[\"a\",\"b\",\"c\"]")]
    [TestCase("\"a\"", "[\"a\"]", "\"llm\"", "[\"a\"]")]
    [TestCase("\"a\"", "[]", "\"llm\"", "[\"a\"]")]
    [TestCase("\"\"", "[\"x\"]", "\"llm\"", "[\"x\"]")]
    [TestCase("\"\\ud83d\\ude00\"", "[\"😀\"]", "\"llm\"", "[\"\\ud83d\\ude00\"]")]
    [TestCase("\"a\"", "[\n    \"b\"\n  ]", "\"llm\"", "[\n    \"a\",\n    \"b\"\n  ]")]
    [TestCase("\"a\"", "[\r\n\t\"b\",\r\n\t\"c\"\r\n]", "\"llm\"", "[\r\n\t\"a\",\r\n\t\"b\",\r\n\t\"c\"\r\n]")]
    [TestCase("\"llm\"", "[\"llm\"]", "\"llm\"", "[\"llm\"]")]
    public void Activate_replaces_the_default_and_the_chain_alone(string oldDefault, string oldChain, string newDefault, string newChain)
    {
        IntegrationPlan plan = Activate(Card(oldDefault, oldChain));

        Assert.Multiple(() =>
        {
            Assert.That(Encoding.UTF8.GetString(plan.Result.Span), Is.EqualTo(Card(newDefault, newChain)));
            Assert.That(plan.Reason, Does.Not.Contain("not asked"));
            Assert.That(Activate(Encoding.UTF8.GetString(plan.Result.Span)).Verdict, Is.EqualTo(IntegrationVerdict.AlreadyIntegrated));
        });

        static string Card(string name, string chain) =>
            "{\"name\":\"A\",\"dialogBackend\":{\"enabled\":true,\"defaultBackend\" : " + name + ",\"fallbackChain\":" + chain + "," + Rest + "}}";
    }

    [TestCase("\"defaultBackend\":\"mine\",", "[\"mine\",\"markov_chain\",\"simple_random\"]")]
    [TestCase("\"defaultBackend\":\"simple_random\",", "[\"simple_random\",\"markov_chain\"]")]
    [TestCase("\"defaultBackend\":\"\",", "[\"markov_chain\",\"simple_random\"]")]
    [TestCase("", "[\"markov_chain\",\"simple_random\"]")]
    public void Activate_makes_a_chain_that_begins_with_the_old_default(string settings, string chain)
    {
        IntegrationPlan plan = Activate("{\"name\":\"A\",\"dialogBackend\":{\"enabled\":true," + settings + Rest + "}}");

        Assert.That(Encoding.UTF8.GetString(plan.Result.Span), Does.Contain("\"defaultBackend\":\"llm\"").And.Contain("\"fallbackChain\":" + chain));
    }

    [Test]
    public void Activate_leaves_enabled_as_it_is_and_says_so()
    {
        IntegrationPlan plan = Activate("{\"name\":\"A\",\"dialogBackend\":{\"enabled\":false,\"defaultBackend\":\"a\"," + Rest + "}}");

        Assert.Multiple(() =>
        {
            Assert.That(Encoding.UTF8.GetString(plan.Result.Span), Does.Contain("\"enabled\":false"));
            Assert.That(plan.Reason, Does.Contain("activated before \"a\"").And.Contain("enabled is not true"));
        });
    }

    [TestCase("\"defaultBackend\":7", "$.dialogBackend.defaultBackend is a number, not a string")]
    [TestCase("\"defaultBackend\":\"a\",\"fallbackChain\":\"b\"", "$.dialogBackend.fallbackChain is a string, not an array")]
    [TestCase("\"defaultBackend\":\"a\",\"fallbackChain\":[\"b\",null]", "$.dialogBackend.fallbackChain[1] is null, not a string")]
    public void Activate_never_replaces_a_value_of_a_wrong_type(string settings, string reason)
    {
        IntegrationPlan plan = Activate("{\"name\":\"A\",\"dialogBackend\":{" + settings + "}}");

        Assert.Multiple(() =>
        {
            Assert.That(plan.Verdict, Is.EqualTo(IntegrationVerdict.Failed));
            Assert.That(plan.Reason, Does.Contain(reason));
        });
    }

    [Test]
    public void Activate_replaces_the_last_of_duplicates()
    {
        IntegrationPlan plan = Activate("{\"name\":\"A\",\"dialogBackend\":{\"enabled\":true,\"defaultBackend\":\"a\",\"defaultBackend\":\"b\",\"fallbackChain\":[]," + Rest + "}}");

        Assert.That(Encoding.UTF8.GetString(plan.Result.Span), Does.Contain("\"defaultBackend\":\"a\",\"defaultBackend\":\"llm\",\"fallbackChain\":[\"b\"]"));
    }

    private static IntegrationPlan Activate(string json) =>
        new CardIntegrator(new CardIntegratorOptions { Activate = true }).Plan(Encoding.UTF8.GetBytes(json));
}
