using System.Text;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Characters;

[TestFixture]
public sealed class CardErrorTests
{
    [TestCase("{\n\"description\": \"d\" }", "$.name", 1, "$.name is missing", TestName = "{m}(no name)")]
    [TestCase("{\n\"name\": \"  \",\n\"description\": \"d\" }", "$.name", 2, "is blank", TestName = "{m}(blank name)")]
    [TestCase("{\n\"name\": 5,\n\"description\": \"d\" }", "$.name", 2, "is 5, but must be a string", TestName = "{m}(name is a number)")]
    [TestCase("{\n\"name\": \"n\",\n\n\"description\": [] }", "$.description", 4, "is a list, but must be a string", TestName = "{m}(description is a list)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\",\n \"animations\": { \"idle\": \"i\",\n \"half shy\": true } }", "$.animations['half shy']", 3, "is true", TestName = "{m}(animation is a flag)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\",\n \"dialogs\": {} }", "$.dialogs", 2, "is an object, but must be a list of dialogs", TestName = "{m}(dialogs are an object)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogs\": [\n 1 ] }", "$.dialogs[0]", 2, "is 1, but must be an object", TestName = "{m}(dialog is a number)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogs\": [\n {} ] }", "$.dialogs[0].trigger", 2, "is missing", TestName = "{m}(no trigger)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogs\": [\n {\n\"trigger\": \"\" } ] }", "$.dialogs[0].trigger", 3, "is blank", TestName = "{m}(blank trigger)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogs\": [\n {\n\"trigger\": \"x\" } ] }", "$.dialogs[0].responses", 2, "has no lines", TestName = "{m}(no responses)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogs\": [\n {\n\"trigger\": \"x\", \"responses\": \"y\" } ] }", "$.dialogs[0].responses", 3, "between square brackets", TestName = "{m}(responses are a string)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogs\": [\n {\n\"trigger\": \"x\", \"responses\": [\"y\",\n3] } ] }", "$.dialogs[0].responses[1]", 4, "is 3", TestName = "{m}(response is a number)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogs\": [\n {\n\"trigger\": \"x\", \"responses\": [\"y\",\n\" \"] } ] }", "$.dialogs[0].responses[1]", 4, "is blank", TestName = "{m}(blank response)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogs\": [\n {\n\"trigger\": \"x\", \"responses\": [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\"] } ] }", "$.dialogs[0].responses", 3, "has 11 lines, but must have 1 to 10", TestName = "{m}(too many responses)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogs\": [\n {\n\"trigger\": \"x\", \"responses\": [\"y\"],\n\"cooldown\": -1 } ] }", "$.dialogs[0].cooldown", 4, "is -1, but must be a number from 0.", TestName = "{m}(negative cooldown)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\",\n\"dialogConfig\": { \"trigger\": \"x\" } }", "$.dialogConfig.responses", 2, "has no lines", TestName = "{m}(dialogConfig without responses)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"personality\": { \"traits\": {\n \"calm\": 1.5 } } }", "$.personality.traits.calm", 2, "is 1.5, but must be a number from 0 to 1. Correct it, or remove it.", TestName = "{m}(trait above one)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"personality\": { \"compatibility\": {\n \"calm\": \"yes\" } } }", "$.personality.compatibility.calm", 2, "is \"yes\"", TestName = "{m}(compatibility is a string)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\",\n\"dialogBackend\": [] }", "$.dialogBackend", 2, "is a list, but must be an object", TestName = "{m}(backend is a list)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\",\n\"dialogBackend\": { \"enabled\": 1 } }", "$.dialogBackend.enabled", 2, "is 1, but must be true or false", TestName = "{m}(enabled is a number)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\",\n\"dialogBackend\": { \"enabled\": true } }", "$.dialogBackend.defaultBackend", 2, "is missing, but backends are enabled", TestName = "{m}(no default backend)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogBackend\": { \"enabled\": true, \"defaultBackend\": \"b\",\n\"confidenceThreshold\": 1.01 } }", "$.dialogBackend.confidenceThreshold", 2, "from 0 to 1. Correct it, or remove it to use the default of 0.5.", TestName = "{m}(threshold above one)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogBackend\": { \"enabled\": true, \"defaultBackend\": \"b\",\n\"responseTimeout\": -1 } }", "$.dialogBackend.responseTimeout", 2, "is -1, but must be a whole number from 0. Correct it, or remove it to use the default of 1000.", TestName = "{m}(negative timeout)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogBackend\": { \"enabled\": true, \"defaultBackend\": \"b\",\n\"responseTimeout\": 10.5 } }", "$.dialogBackend.responseTimeout", 2, "is 10.5, but must be a whole number", TestName = "{m}(timeout with a fraction)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogBackend\": { \"enabled\": true, \"defaultBackend\": \"b\",\n\"fallbackChain\": [\"a\",\n{}] } }", "$.dialogBackend.fallbackChain[1]", 3, "is an object, but must be a string", TestName = "{m}(chain holds an object)")]
    [TestCase("{\"name\": \"n\", \"description\": \"d\", \"dialogBackend\": { \"enabled\": true, \"defaultBackend\": \"b\", \"backends\": {\n\"it's\": 3 } } }", @"$.dialogBackend.backends['it\'s']", 2, "is 3, but must be an object", TestName = "{m}(settings are a number)")]
    [TestCase("{\"name\": \"n\",\n\"name\": \"m\",\n\"name\": 0, \"description\": \"d\" }", "$.name", 3, "is 0", TestName = "{m}(duplicate key)")]
    [TestCase("{\"chainOrder\": 2,\n\"trainingData\": [] }", "$", 1, "is not a card: it is a bare Markov configuration", TestName = "{m}(bare Markov configuration)")]
    [TestCase("\n[]", "$", 2, "is a list, but must be an object", TestName = "{m}(root is a list)")]
    [TestCase("null", "$", 1, "is null, but must be an object", TestName = "{m}(root is null)")]
    [TestCase("{\"name\": \"n\",\n\"dialogs\": [ {\n\"trigger\": } ] }", "$.dialogs[0].trigger", 3, "is not valid JSON at or after $.dialogs[0].trigger", TestName = "{m}(missing value)")]
    [TestCase("{\"name\": \"n\",\n\"x\": [1, [2, 3], {\"a\": 1}, 04] }", "$.x[2]", 2, "is not valid JSON at or after $.x[2]", TestName = "{m}(leading zero)")]
    [TestCase("{\"name\": \"n\",\n}", "$.name", 2, "neither comments nor trailing commas", TestName = "{m}(trailing comma)")]
    [TestCase("{\"name\": \"n\",\n\"x\": \"\\ud83d\" }", "$.x", 2, "half of a character", TestName = "{m}(half of a surrogate pair)")]
    public void Parse_names_file_place_and_line(string json, string place, int line, string problem)
    {
        CardException error = Assert.Throws<CardException>(() => CharacterCard.Parse(Encoding.UTF8.GetBytes(json), "some/character.json"))!;
        Assert.Multiple(() =>
        {
            Assert.That(error.JsonPath, Is.EqualTo(place));
            Assert.That(error.Line, Is.EqualTo(line));
            Assert.That(error.Message, Does.StartWith($"Card 'some/character.json', line {line}: "));
            Assert.That(error.Message, Does.Contain(problem));
            Assert.That(error.Message, Does.Contain(place));
            Assert.That(error.Message, Does.Not.Contain("LineNumber").And.Not.Contain("reader options"));
        });
    }

    [TestCase(51, "d")]
    [TestCase(1, "d", 1001)]
    public void Parse_refuses_texts_that_are_too_long(int nameLength, string letter, int descriptionLength = 1)
    {
        string json = $$"""{ "name": "{{new string('n', nameLength)}}", "description": "{{string.Concat(Enumerable.Repeat(letter, descriptionLength))}}" }""";
        Assert.That(
            () => CharacterCard.Parse(Encoding.UTF8.GetBytes(json)),
            Throws.TypeOf<CardException>().With.Message.Match(@"^Card, line 1: \$\.(name|description) has (51|1001) characters, but must have 1 to (50|200)\. Shorten it\.$"));
    }

    [Test]
    public void Parse_shows_only_the_beginning_of_a_long_value()
    {
        string json = $$"""{ "name": "n", "description": "d", "dialogs": "{{new string('x', 5000)}}" }""";
        CardException error = Assert.Throws<CardException>(() => CharacterCard.Parse(Encoding.UTF8.GetBytes(json)))!;
        Assert.That(error.Message, Does.Contain("xxx…").And.Length.LessThan(200));
    }

    [Test]
    public void Parse_refuses_nothing_at_all([Values("", " \n\t\r\n")] string json) =>
        Assert.That(
            () => CharacterCard.Parse(Encoding.UTF8.GetBytes(json), "c.json"),
            Throws.TypeOf<CardException>().With.Message.StartsWith("Card 'c.json' is empty."));

    [Test]
    public void Parse_refuses_what_is_not_UTF8()
    {
        byte[] json = [.. "{ \"name\":\n\""u8, 0xE9, .. "\" }"u8];
        CardException error = Assert.Throws<CardException>(() => CharacterCard.Parse(json, "c.json"))!;
        Assert.Multiple(() =>
        {
            Assert.That(error.Line, Is.EqualTo(2));
            Assert.That(error.Message, Is.EqualTo("Card 'c.json', line 2: is not UTF-8: the byte E9 at offset 11 is invalid. Save it as UTF-8."));
        });
    }

    [TestCase(63, false)]
    [TestCase(64, true)]
    [TestCase(100_000, true)]
    public void Parse_refuses_depth_beyond_64_levels(int arrays, bool refused)
    {
        string json = $"{{ \"name\": \"n\", \"description\": \"d\",\n\"x\": {new string('[', arrays)}{new string(']', arrays)} }}";
        Assert.That(
            () => CharacterCard.Parse(Encoding.UTF8.GetBytes(json)),
            refused ? Throws.TypeOf<CardException>().With.Message.Contains("line 2: $.x[0][0]").And.Message.Contains("more than 64 levels deep") : Throws.Nothing);
    }

    [Test]
    public void Parse_refuses_more_than_4_megabytes()
    {
        byte[] json = new byte[(4 * 1024 * 1024) + 1];
        json.AsSpan().Fill((byte)' ');
        Assert.That(() => CharacterCard.Parse(json), Throws.TypeOf<CardException>().With.Message.Contains("larger than the 4 MB"));
    }

    [Test]
    public void Load_says_what_is_wrong_with_a_path()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("minilm-card-");
        try
        {
            string missing = Path.Combine(folder.FullName, "gone", "character.json");
            string large = Path.Combine(folder.FullName, "large.json");
            File.WriteAllBytes(large, new byte[5 * 1024 * 1024]);
            Assert.Multiple(() =>
            {
                Assert.That(() => CharacterCard.Load(missing), Throws.TypeOf<CardException>().With.Message.EqualTo($"Card '{missing}' was not found. Check the path."));
                Assert.That(() => CharacterCard.Load(folder.FullName), Throws.TypeOf<CardException>().With.Message.Contains("is a folder"));
                Assert.That(() => CharacterCard.Load(large), Throws.TypeOf<CardException>().With.Message.Contains("larger than the 4 MB"));
                Assert.That(() => CharacterCard.Load(""), Throws.ArgumentException);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void Load_names_a_file_that_another_holds()
    {
        string file = Path.GetTempFileName();
        try
        {
            using FileStream held = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Assert.That(() => CharacterCard.Load(file), Throws.TypeOf<CardException>().With.Message.StartsWith($"Card '{file}' could not be read: "));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
