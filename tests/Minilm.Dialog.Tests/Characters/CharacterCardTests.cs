using System.Text;
using System.Text.Json;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Characters;

[TestFixture]
public sealed class CharacterCardTests
{
    [Test]
    public void Parse_reads_the_typed_part_and_keeps_the_rest()
    {
        CharacterCard card = Parse("""
            {
              "name": "Juniper", "description": "A lamp that hums.", "speed": 1.0,
              "animations": { "idle": "a/idle.gif", "happy": "a/happy.gif" },
              "dialogs": [ { "trigger": "click", "responses": ["Hm?"], "animation": "happy", "cooldown": 2.5, "weight": 3 } ],
              "personality": { "traits": { "calm": 1, "bold": 0.25 }, "compatibility": { "bold": 1.5 }, "motto": "hum" },
              "dialogBackend": {
                "enabled": true, "defaultBackend": "llm", "fallbackChain": ["markov_chain", "simple_random"],
                "confidenceThreshold": 1, "memoryEnabled": false, "learningEnabled": true, "debugMode": true, "responseTimeout": 3000.0,
                "backends": { "llm": { "modelPath": "x.gguf" }, "markov_chain": {}, "own-one": { "a": 1 }, "none": null }, "memory": { "n": 1 }
              }
            }
            """);
        DialogBackendConfig backend = card.DialogBackend!;
        Assert.Multiple(() =>
        {
            Assert.That(card.Name, Is.EqualTo("Juniper"));
            Assert.That(card.Description, Is.EqualTo("A lamp that hums."));
            Assert.That(card.Animations["happy"], Is.EqualTo("a/happy.gif"));
            Assert.That(card.Other!["speed"].GetRawText(), Is.EqualTo("1.0"));
            Assert.That(card.Dialogs[0].Cooldown, Is.EqualTo(2.5));
            Assert.That(card.Dialogs[0].Other!.Keys, Is.EqualTo(new[] { "weight" }));
            Assert.That(card.Traits, Is.EquivalentTo(new Dictionary<string, double> { ["calm"] = 1, ["bold"] = 0.25 }));
            Assert.That(card.Personality!.Compatibility["bold"], Is.EqualTo(1.5));
            Assert.That(card.Personality.Other!.Keys, Is.EqualTo(new[] { "motto" }));
            Assert.That(backend.Enabled, Is.True);
            Assert.That(backend.DefaultBackend, Is.EqualTo("llm"));
            Assert.That(backend.FallbackChain, Is.EqualTo(new[] { "markov_chain", "simple_random" }));
            Assert.That(backend.ConfidenceThreshold, Is.EqualTo(1));
            Assert.That(backend.MemoryEnabled, Is.False);
            Assert.That(backend.LearningEnabled, Is.True);
            Assert.That(backend.DebugMode, Is.True);
            Assert.That(backend.ResponseTimeout, Is.EqualTo(3000));
            Assert.That(backend.Backends.Keys, Is.EqualTo(new[] { "llm", "markov_chain", "own-one" }));
            Assert.That(backend.Other!.Keys, Is.EqualTo(new[] { "memory" }));
            Assert.That(card.Remarks, Is.Empty);
            Assert.That(card.FilePath, Is.Null);
        });
    }

    [Test]
    public void Parse_takes_defaults_for_what_is_missing_or_null()
    {
        CharacterCard card = Parse("""
            { "name": "Ode", "description": "d", "animations": null, "dialogs": [{ "trigger": "pet", "responses": ["Oh."], "cooldown": null }],
              "personality": null, "dialogBackend": { "enabled": true, "defaultBackend": "markov_chain", "backends": null } }
            """);
        DialogBackendConfig backend = card.DialogBackend!;
        Assert.Multiple(() =>
        {
            Assert.That(card.Animations, Is.Empty);
            Assert.That(card.Dialogs[0].Cooldown, Is.EqualTo(5));
            Assert.That(card.Dialogs[0].Animation, Is.Null);
            Assert.That(card.Personality, Is.Null);
            Assert.That(card.Traits, Is.Empty);
            Assert.That(card.Other, Is.Null);
            Assert.That(backend.FallbackChain, Is.Empty);
            Assert.That(backend.ConfidenceThreshold, Is.EqualTo(0.5));
            Assert.That(backend.MemoryEnabled, Is.True);
            Assert.That(backend.LearningEnabled, Is.False);
            Assert.That(backend.DebugMode, Is.False);
            Assert.That(backend.ResponseTimeout, Is.EqualTo(1000));
            Assert.That(backend.Backends, Is.Empty);
        });
    }

    [Test]
    public void Parse_takes_numbers_beside_traits_for_traits_when_they_can_be()
    {
        CharacterCard card = Parse("""{ "name": "N", "description": "d", "personality": { "wit": 0.9, "age": 31, "mood": "odd", "traits": { "wit": 0.1 } } }""");
        Assert.Multiple(() =>
        {
            Assert.That(card.Traits, Is.EquivalentTo(new Dictionary<string, double> { ["wit"] = 0.1 }));
            Assert.That(card.Personality!.Other!.Keys, Is.EqualTo(new[] { "age", "mood" }));
        });
    }

    [Test]
    public void Parse_takes_the_last_of_duplicate_keys()
    {
        CharacterCard card = Parse("""{ "name": 7, "description": "d", "name": "Last", "x": 1, "personality": { "traits": { "a": "?", "a": 0.5 } }, "x": 2 }""");
        Assert.Multiple(() =>
        {
            Assert.That(card.Name, Is.EqualTo("Last"));
            Assert.That(card.Traits["a"], Is.EqualTo(0.5));
            Assert.That(card.Other!["x"].GetInt32(), Is.EqualTo(2));
        });
    }

    [Test]
    public void Parse_reads_a_byte_order_mark_and_Save_keeps_it()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. """{ "name": "Bo", "description": "d" }"""u8];
        CharacterCard card = CharacterCard.Parse(bytes);
        string file = Path.Combine(Path.GetTempPath(), $"minilm-card-{Guid.NewGuid():N}.json");
        card.Save(file);
        byte[] saved = File.ReadAllBytes(file);
        File.Delete(file);
        Assert.Multiple(() =>
        {
            Assert.That(saved, Is.EqualTo(bytes));
            Assert.That(card.ToJson(), Does.StartWith("{"));
        });
    }

    [Test]
    public void Parse_reads_dialogConfig_where_dialogs_are_missing([Values(true, false)] bool isList)
    {
        string dialog = """{ "trigger": "click", "responses": ["One.", "Two."] }""";
        CharacterCard card = Parse($$"""{ "name": "N", "description": "d", "dialogConfig": {{(isList ? $"[{dialog}]" : dialog)}} }""");
        Assert.Multiple(() =>
        {
            Assert.That(card.LinesFor("click"), Is.EqualTo(new[] { "One.", "Two." }));
            Assert.That(card.Other, Is.Null);
        });
    }

    [Test]
    public void Parse_checks_nothing_about_backends_that_are_not_enabled()
    {
        DialogBackendConfig backend = Parse("""
            { "name": "N", "description": "d",
              "dialogBackend": { "enabled": false, "confidenceThreshold": 7, "responseTimeout": -1, "fallbackChain": "llm", "backends": { "llm": 3, "own": {} } } }
            """).DialogBackend!;
        Assert.Multiple(() =>
        {
            Assert.That(backend.ConfidenceThreshold, Is.EqualTo(0.5));
            Assert.That(backend.ResponseTimeout, Is.EqualTo(1000));
            Assert.That(backend.FallbackChain, Is.Empty);
            Assert.That(backend.Backends.Keys, Is.EqualTo(new[] { "own" }));
            Assert.That(backend.Other, Is.Null);
        });
    }

    [Test]
    public void Parse_reads_a_long_description_with_a_remark()
    {
        CharacterCard card = Parse($$"""{ "name": "N", "description": "{{new string('d', 203)}}" }""");
        Assert.That(card.Remarks, Has.One.Contains("$.description has 203 characters"));
    }

    [Test]
    public void Parse_counts_what_is_seen_as_a_character()
    {
        string emoji = string.Concat(Enumerable.Repeat("👩‍🚀", 50));
        Assert.That(Parse($$"""{ "name": "{{emoji}}", "description": "d" }""").Name, Is.EqualTo(emoji));
    }

    [Test]
    public void LinesFor_joins_the_dialogs_of_a_trigger_in_order()
    {
        CharacterCard card = Parse("""
            { "name": "N", "description": "d", "dialogs": [
              { "trigger": "click", "responses": ["a", "b"] }, { "trigger": "pet", "responses": ["c"] }, { "trigger": "Click", "responses": ["d"] } ] }
            """);
        Assert.Multiple(() =>
        {
            Assert.That(card.LinesFor("click"), Is.EqualTo(new[] { "a", "b", "d" }));
            Assert.That(card.LinesFor("PET"), Is.EqualTo(new[] { "c" }));
            Assert.That(card.LinesFor("gift"), Is.Empty);
        });
    }

    [Test]
    public void AnimationFor_gives_the_first_that_the_card_has()
    {
        CharacterCard card = Parse("""
            { "name": "N", "description": "d", "animations": { "shy": "s.gif" }, "dialogs": [
              { "trigger": "click", "responses": ["a"] }, { "trigger": "click", "responses": ["a"], "animation": "gone" },
              { "trigger": "click", "responses": ["a"], "animation": "shy" }, { "trigger": "pet", "responses": ["a"], "animation": "gone" } ] }
            """);
        Assert.Multiple(() =>
        {
            Assert.That(card.AnimationFor("click"), Is.EqualTo("shy"));
            Assert.That(card.AnimationFor("pet"), Is.Null);
            Assert.That(card.AnimationFor("feed"), Is.Null);
        });
    }

    [Test]
    public void ToJson_gives_the_text_that_was_read()
    {
        const string json = """{"name":"\u00c9t\u00e9 <&>","description":"d","x":{},"n":null,"f":1.50,"f":2e0 , "emoji":"👋🏽"}""";
        Assert.That(Parse(json).ToJson(), Is.EqualTo(json));
    }

    [Test]
    public void ToJson_writes_a_made_card_that_reads_the_same()
    {
        CharacterCard made = new()
        {
            Name = "Été <&> 👋🏽",
            Description = "d",
            Dialogs = [new CardDialog { Trigger = "click", Responses = ["a"] }],
            Personality = new CardPersonality { Traits = new Dictionary<string, double> { ["calm"] = 0.5 } },
            DialogBackend = new DialogBackendConfig { Enabled = true, DefaultBackend = "own", Backends = new Dictionary<string, JsonElement> { ["own"] = JsonElement.Parse("{}") } },
        };
        string json = made.ToJson();
        CharacterCard read = Parse(json);
        Assert.Multiple(() =>
        {
            Assert.That(json, Does.StartWith("{\n  \"name\": \"Été <&> "));
            Assert.That(read.Name, Is.EqualTo(made.Name));
            Assert.That(json, Does.Not.Contain("null"));
            Assert.That(read.LinesFor("click"), Is.EqualTo(new[] { "a" }));
            Assert.That(read.Traits["calm"], Is.EqualTo(0.5));
            Assert.That(read.DialogBackend!.Backends.Keys, Is.EqualTo(new[] { "own" }));
            Assert.That(read.Other, Is.Null);
        });
    }

    [Test]
    public void Save_replaces_a_file_and_leaves_no_draft()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("minilm-card-");
        try
        {
            string file = Path.Combine(folder.FullName, "character.json");
            File.WriteAllText(file, "old");
            new CharacterCard { Name = "New", Description = "d" }.Save(file);
            Assert.Multiple(() =>
            {
                Assert.That(CharacterCard.Load(file).Name, Is.EqualTo("New"));
                Assert.That(File.ReadAllText(file), Does.EndWith("}\n"));
                Assert.That(folder.GetFiles(), Has.Length.EqualTo(1));
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Save_keeps_a_link_and_the_mode_of_the_file_behind_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        DirectoryInfo folder = Directory.CreateTempSubdirectory("minilm-card-");
        try
        {
            string real = Path.Combine(folder.FullName, "real.json");
            string link = Path.Combine(folder.FullName, "link.json");
            File.WriteAllText(real, "old");
            File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.CreateSymbolicLink(link, "real.json");

            new CharacterCard { Name = "New", Description = "d" }.Save(link);

            UnixFileMode mode = File.GetUnixFileMode(real);
            Assert.Multiple(() =>
            {
                Assert.That(CharacterCard.Load(real).Name, Is.EqualTo("New"));
                Assert.That(new FileInfo(link).LinkTarget, Is.EqualTo("real.json"));
                Assert.That(mode, Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void Locate_adds_file_and_line_to_an_error_of_settings()
    {
        CharacterCard card = CharacterCard.Parse(
            """
            { "name": "N", "description": "d",
              "dialogBackend": { "enabled": true, "defaultBackend": "llm",
                "backends": { "llm": { "modelPath": "m.gguf",
                  "maxTokens": 0 } } } }
            """u8,
            "some/character.json");
        CardException plain = Assert.Throws<CardException>(() => LlmBackendConfig.Parse(card.DialogBackend!.Backends["llm"], "$.dialogBackend.backends.llm"))!;
        CardException located = card.Locate(plain);
        Assert.Multiple(() =>
        {
            Assert.That(plain.Line, Is.Zero);
            Assert.That(located.Line, Is.EqualTo(4));
            Assert.That(located.Message, Does.StartWith("Card 'some/character.json', line 4: $.dialogBackend.backends.llm.maxTokens is 0, but must be"));
            Assert.That(card.Locate(located), Is.SameAs(located));
            Assert.That(card.Locate(new CardException("x", "$.dialogBackend.backends.llm.modelPath.deeper")).Line, Is.EqualTo(3), "the innermost that is there");
            Assert.That(new CharacterCard().Locate(plain), Is.SameAs(plain));
        });
    }

    private static CharacterCard Parse(string json) => CharacterCard.Parse(Encoding.UTF8.GetBytes(json));
}
