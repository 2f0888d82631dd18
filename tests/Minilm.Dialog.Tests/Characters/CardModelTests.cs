using System.Text;
using System.Text.Json;
using Minilm.Dialog;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Characters;

/// <summary>A card that is given another model keeps all else.</summary>
public sealed class CardModelTests
{
    [Test]
    public void WithModel_puts_the_model_first_and_keeps_its_settings_also_duplicate_ones()
    {
        CharacterCard card = Read("""{"modelPath":"old.gguf","mockMode":true,"enabled":false,"maxTokens":3,"maxTokens":4}""").WithModel("new.gguf");
        JsonElement settings = card.DialogBackend!.Backends["llm"];
        LlmBackendConfig config = LlmBackendConfig.Parse(settings, "$");

        Assert.Multiple(() =>
        {
            Assert.That(card.DialogBackend.DefaultBackend, Is.EqualTo("llm"));
            Assert.That(card.DialogBackend.FallbackChain, Is.EqualTo(new[] { "markov_chain", "simple_random" }));
            Assert.That((config.ModelPath, config.MaxTokens, config.Enabled, config.MockMode), Is.EqualTo(("new.gguf", 4, true, false)));
        });
    }

    [TestCase("[]")]
    [TestCase("null")]
    public void WithModel_replaces_settings_that_are_none(string settings) =>
        Assert.That(LlmBackendConfig.Parse(Read(settings, enabled: false).WithModel("new.gguf").DialogBackend!.Backends["llm"], "$").ModelPath, Is.EqualTo("new.gguf"));

    [Test]
    public void Errors_still_name_the_file_and_the_line()
    {
        CharacterCard card = Read("""{"modelPath":"old.gguf","maxTokens":-3}""").WithModel("new.gguf").WithModel("newer.gguf");

        Assert.That(() => new DialogManager(card), Throws.TypeOf<CardException>().With.Message.Contains("'tilda.json', line 4").And.Message.Contains("maxTokens"));
    }

    [Test]
    public void A_path_that_cannot_be_one_is_an_error_of_the_card() =>
        Assert.That(() => new DialogManager(Read("""{"modelPath":"a\u0000b"}""")), Throws.TypeOf<CardException>().With.Message.Contains("modelPath").And.Message.Contains("U+0000"));

    private static CharacterCard Read(string settings, bool enabled = true) => CharacterCard.Parse(
        Encoding.UTF8.GetBytes($$"""
            {"name":"Tilda","description":"keeps a lighthouse","animations":{"idle":"idle.gif","talking":"talking.gif"},
            "dialogs":[{"trigger":"click","responses":["The lamp is lit."]}],
            "dialogBackend":{"enabled":{{(enabled ? "true" : "false")}},"defaultBackend":"markov_chain","fallbackChain":["llm","simple_random"],"backends":{
            "llm":{{settings}} } } }
            """),
        "tilda.json");
}
