using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Characters;

[TestFixture]
public sealed class SharedCardTests
{
    [TestCaseSource(typeof(CardFiles), nameof(CardFiles.Shared))]
    public void Load_reads_every_real_card_and_says_why_the_others_are_none(string? file)
    {
        string path = CardFiles.OrSkip(file);
        if (new FileInfo(path).Length == 0)
        {
            Assert.That(() => CharacterCard.Load(path), Throws.TypeOf<CardException>().With.Message.Contains("is empty"));
            return;
        }

        JsonNode written = JsonNode.Parse(File.ReadAllText(path))!;
        if (written["chainOrder"] is not null)
        {
            Assert.That(() => CharacterCard.Load(path), Throws.TypeOf<CardException>().With.Message.Contains("is not a card"));
            return;
        }

        CharacterCard card = CharacterCard.Load(path);
        JsonNode dialogs = written["dialogs"] ?? new JsonArray(written["dialogConfig"]!.DeepClone());
        Assert.Multiple(() =>
        {
            Assert.That(card.Name, Is.EqualTo((string?)written["name"]));
            Assert.That(card.FilePath, Is.EqualTo(path));
            Assert.That(card.Animations, Has.Count.EqualTo(written["animations"]!.AsObject().Count));
            Assert.That(
                card.Dialogs.SelectMany(dialog => dialog.Responses),
                Is.EqualTo(dialogs.AsArray().SelectMany(dialog => dialog!["responses"]!.AsArray()).Select(line => (string)line!)));
            Assert.That(card.LinesFor(card.Dialogs[0].Trigger), Is.Not.Empty);
            Assert.That(card.AnimationFor(card.Dialogs[0].Trigger), Is.EqualTo((string?)dialogs[0]!["animation"]));
            Assert.That(card.Traits, Has.Count.EqualTo(TraitsOf(written).Count()));
            Assert.That(card.DialogBackend?.DefaultBackend, Is.EqualTo((string?)written["dialogBackend"]?["defaultBackend"]));
        });
    }

    [TestCaseSource(typeof(CardFiles), nameof(CardFiles.Shared))]
    public void Settings_of_every_real_card_are_in_range(string? file)
    {
        if (CardOf(file)?.DialogBackend is not { } config)
        {
            Assert.Pass("It has no backends.");
            return;
        }

        Assert.That(config.Backends.Keys, Is.SubsetOf(new[] { "markov_chain", "simple_random" }));
        MarkovConfig chain = MarkovConfig.Parse(config.Backends["markov_chain"], "$.dialogBackend.backends.markov_chain");
        Assert.That(chain.TrainingData, Is.Not.Empty);
        if (config.Backends.TryGetValue("simple_random", out JsonElement random))
        {
            Assert.That(() => SimpleRandomConfig.Parse(random, "$.dialogBackend.backends.simple_random"), Throws.Nothing);
        }
    }

    [TestCaseSource(typeof(CardFiles), nameof(CardFiles.Shared))]
    public void Save_gives_back_every_byte_of_a_real_card(string? file)
    {
        if (CardOf(file) is not { } card)
        {
            Assert.Pass("It is not a card.");
            return;
        }

        string copy = Path.Combine(Path.GetTempPath(), $"minilm-card-{Guid.NewGuid():N}.json");
        try
        {
            card.Save(copy);
            Assert.That(File.ReadAllBytes(copy), Is.EqualTo(File.ReadAllBytes(file!)));
        }
        finally
        {
            File.Delete(copy);
        }
    }

    [TestCaseSource(typeof(CardFiles), nameof(CardFiles.Shared))]
    public void ToJson_of_a_card_made_from_a_real_ones_members_keeps_them_all(string? file)
    {
        if (CardOf(file) is not { } card)
        {
            Assert.Pass("It is not a card.");
            return;
        }

        string json = new CharacterCard
        {
            Name = card.Name,
            Description = card.Description,
            Animations = card.Animations,
            Dialogs = card.Dialogs,
            Personality = card.Personality,
            DialogBackend = card.DialogBackend,
            Other = card.Other,
        }.ToJson();

        JsonObject before = JsonNode.Parse(card.ToJson())!.AsObject();
        JsonObject after = JsonNode.Parse(json)!.AsObject();
        MakeUsual(before);
        AssertContains(after, before, "$");
        CharacterCard again = CharacterCard.Parse(Encoding.UTF8.GetBytes(json));
        Assert.That(again.Traits, Is.EquivalentTo(card.Traits));
    }

    private static CharacterCard? CardOf(string? file)
    {
        string path = CardFiles.OrSkip(file);
        try
        {
            return CharacterCard.Load(path);
        }
        catch (CardException e) when (e.JsonPath == "$")
        {
            return null;
        }
    }

    private static IEnumerable<string> TraitsOf(JsonNode card) =>
        card["personality"] is not JsonObject personality
            ? []
            : (personality["traits"] as JsonObject ?? personality).Where(member => member.Value!.GetValueKind() == JsonValueKind.Number).Select(member => member.Key);

    /// <summary>What a card spells unusually is written as usual: one dialog under another name, traits beside "traits".</summary>
    private static void MakeUsual(JsonObject card)
    {
        if (card["dialogConfig"] is { } config)
        {
            card.Remove("dialogConfig");
            card["dialogs"] = new JsonArray(config);
        }

        if (card["personality"] is JsonObject personality && personality["traits"] is null)
        {
            card["personality"] = new JsonObject { ["traits"] = personality.DeepClone() };
        }
    }

    private static void AssertContains(JsonNode? whole, JsonNode? part, string path)
    {
        switch (part)
        {
            case JsonObject members:
                Assert.That(whole, Is.TypeOf<JsonObject>(), path);
                foreach ((string key, JsonNode? value) in members)
                {
                    AssertContains(whole![key], value, $"{path}.{key}");
                }

                break;
            case JsonArray items:
                Assert.That(whole, Is.TypeOf<JsonArray>(), path);
                Assert.That(whole!.AsArray(), Has.Count.EqualTo(items.Count), path);
                for (int i = 0; i < items.Count; i++)
                {
                    AssertContains(whole[i], items[i], $"{path}[{i}]");
                }

                break;
            default:
                Assert.That(JsonNode.DeepEquals(whole, part), Is.True, $"{path}: {whole} is not {part}");
                break;
        }
    }
}
