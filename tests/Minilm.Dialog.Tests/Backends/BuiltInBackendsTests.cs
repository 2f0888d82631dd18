using Minilm.Dialog;
using Minilm.Dialog.Cards;
using Minilm.Tests.Dialog.Support;

namespace Minilm.Tests.Dialog.Backends;

/// <summary>How cards reach the backends that Minilm brings.</summary>
[TestFixture]
public class BuiltInBackendsTests
{
    private const string Lines = """["The lamp is lit and warm.", "Mind the stairs in the dark.", "A ship came home at dawn."]""";

    [TestCase("""{"llm": {"modelPath": "none.gguf", "markov_chain": {"trainingData": LINES}}}""")]
    [TestCase("""{"llm": {"modelPath": "none.gguf", "markov_chain": {"trainingData": LINES}}, "markov_chain": {}}""")]
    [TestCase("""{"llm": {"modelPath": "none.gguf", "markov_chain": {"trainingData": ["Not this."]}}, "markov_chain": {"trainingData": LINES}}""")]
    public async Task Markov_chain_learns_the_lines_of_llm_when_it_has_no_settings_of_its_own(string settings)
    {
        using var manager = new DialogManager(TestCharacters.Card(TestCharacters.Chain("markov_chain", threshold: 0, settings: settings.Replace("LINES", Lines, StringComparison.Ordinal))));

        DialogResponse response = await manager.RespondAsync(TestCharacters.Hello);

        Assert.That(response.Backend, Is.EqualTo("markov_chain"), string.Join("; ", response.Attempts));
        Assert.That(response.Text.Split(' ')[0], Is.AnyOf("The", "Mind", "A"));
    }

    [Test]
    public void Markov_chain_names_the_place_of_a_wrong_setting()
    {
        CharacterCard card = TestCharacters.Card(TestCharacters.Chain("markov_chain", settings: """{"llm": {"markov_chain": {"chainOrder": 9}}}"""));

        Assert.That(() => new DialogManager(card), Throws.TypeOf<CardException>().With.Message.Contains("$.dialogBackend.backends.llm.markov_chain.chainOrder"));
    }
}
