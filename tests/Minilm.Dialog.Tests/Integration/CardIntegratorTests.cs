using System.Text;
using System.Text.Json;
using Minilm.Dialog.Integration;

namespace Minilm.Tests.Dialog.Integration;

public sealed class CardIntegratorTests
{
    private const string Complete = """{"name":"Fen","dialogBackend":{"enabled":true,"defaultBackend":"llm","fallbackChain":[],"confidenceThreshold":0.10,"memoryEnabled":true,"learningEnabled":false,"backends":{"llm":{"modelPath":"m.gguf"}}}}""";

    [Test]
    public void Plan_adds_the_whole_dialogBackend_where_there_is_none()
    {
        const string card = """
            {
              "name": "Fen",
              "dialogs": [
                {"trigger": "click", "responses": ["Hi <you> & me", "b", " "]},
                {"trigger": "feed", "responses": ["c", 7, "d", "e", "f"]}
              ]
            }

            """;

        Assert.That(Integrate(card), Is.EqualTo("""
            {
              "name": "Fen",
              "dialogs": [
                {"trigger": "click", "responses": ["Hi <you> & me", "b", " "]},
                {"trigger": "feed", "responses": ["c", 7, "d", "e", "f"]}
              ],
              "dialogBackend": {
                "enabled": true,
                "defaultBackend": "llm",
                "fallbackChain": ["markov_chain", "simple_random"],
                "confidenceThreshold": 0.6,
                "memoryEnabled": true,
                "learningEnabled": false,
                "backends": {
                  "llm": {
                    "modelPath": "../../models/minilm-companion.gguf",
                    "maxTokens": 50,
                    "contextSize": 2048,
                    "threads": 4,
                    "maxHistoryLength": 5,
                    "timeoutMs": 2000,
                    "fallbackEnabled": true,
                    "markov_chain": {
                      "chainOrder": 2,
                      "minWords": 3,
                      "maxWords": 12,
                      "temperatureMin": 0.4,
                      "temperatureMax": 0.8,
                      "usePersonality": true,
                      "trainingData": [
                        "Hi <you> & me",
                        "b",
                        "c",
                        "d",
                        "e"
                      ],
                      "fallbackPhrases": [
                        "Hm, Fen has to think about that for a moment.",
                        "My words wandered off just now. Ask me once more?",
                        "Fen is listening, even without an answer ready."
                      ]
                    }
                  }
                }
              }
            }

            """));
    }

    [Test]
    public void Plan_stays_on_one_line_where_the_card_does()
    {
        Assert.That(
            Integrate("""{"name":"Fen","dialogs":[{"responses":["a"]}]}"""),
            Is.EqualTo("""{"name":"Fen","dialogs":[{"responses":["a"]}],"dialogBackend":{"enabled":true,"defaultBackend":"llm","fallbackChain":["markov_chain","simple_random"],"confidenceThreshold":0.6,"memoryEnabled":true,"learningEnabled":false,"backends":{"llm":{"modelPath":"../../models/minilm-companion.gguf","maxTokens":50,"contextSize":2048,"threads":4,"maxHistoryLength":5,"timeoutMs":2000,"fallbackEnabled":true,"markov_chain":{"chainOrder":2,"minWords":3,"maxWords":12,"temperatureMin":0.4,"temperatureMax":0.8,"usePersonality":true,"trainingData":["a"],"fallbackPhrases":["Hm, Fen has to think about that for a moment.","My words wandered off just now. Ask me once more?","Fen is listening, even without an answer ready."]}}}}}"""));
    }

    // Each card lacks memoryEnabled, learningEnabled, or an llm with a model path.
    private const string Settings = "\"enabled\": true, \"defaultBackend\": \"llm\", \"fallbackChain\": [], \"confidenceThreshold\": 1e2, \"memoryEnabled\": true";
    private const string Llm = "\"backends\": {\"llm\": {\"modelPath\": \"m\"}}";

    [TestCase("{\"name\":\"A\",\n\t\"dialogBackend\": {\n\t\t" + Settings + ",\n\t\t" + Llm + "\n\t}\n}", Llm, ",\n\t\t\"learningEnabled\": false", TestName = "Plan_keeps_tabs")]
    [TestCase("{\r\n  \"name\": \"A\",\r\n  \"dialogBackend\": {\r\n    " + Llm + ",\r\n    " + Settings + "  \r\n  }\r\n}\r\n", Settings, ",\r\n    \"learningEnabled\": false", TestName = "Plan_keeps_CRLF_and_trailing_spaces")]
    [TestCase("{ \"name\" : \"A\" , \"dialogBackend\" : { " + Llm + ",  " + Settings + " } }", Settings, ", \"learningEnabled\": false", TestName = "Plan_keeps_the_gaps_of_one_line")]
    [TestCase("{\"name\" : \"A\",\"dialogBackend\" : {\"enabled\" : true,\"defaultBackend\" : \"llm\",\"fallbackChain\" : [],\"confidenceThreshold\" : 0.10,\"memoryEnabled\" : 1.0,\"backends\" : {\"llm\" : {\"modelPath\" : \"\"}}}}", "\"modelPath\" : \"\"}}", ",\"learningEnabled\" : false", TestName = "Plan_keeps_spaces_around_colons")]
    [TestCase("\uFEFF{\n  \"name\": \"A\",\n  \"dialogBackend\": {\n    " + Llm + ",\n    " + Settings + "\n  }\n}", Settings, ",\n    \"learningEnabled\": false", TestName = "Plan_keeps_the_byte_order_mark")]
    [TestCase("{\n  \"name\": \"A\",\n  \"dialogBackend\": {\"enabled\": 0},\n  \"dialogBackend\": {\n    " + Llm + ",\n    " + Settings + "\n  }\n}", Settings, ",\n    \"learningEnabled\": false", TestName = "Plan_adds_to_the_last_of_duplicates")]
    [TestCase("{\n    \"name\": \"A\",\n    \"dialogBackend\": { \"fallbackChain\": [],\n        " + Llm + ", " + Settings + " }\n}", Settings, ",\n        \"learningEnabled\": false", TestName = "Plan_takes_the_indentation_of_the_last_member_that_begins_a_line")]
    [TestCase("{\"\\u006eame\":\"A\",\"\\u0064ialogBackend\":{" + Llm + "," + Settings + "}}", Settings, ", \"learningEnabled\": false", TestName = "Plan_understands_escaped_names")]
    [TestCase("{\"name\":\"A\",\"\\ud800\":0,\"dialogBackend\":{" + Llm + "," + Settings + "}}", Settings, ", \"learningEnabled\": false", TestName = "Plan_is_not_disturbed_by_names_that_are_no_text")]
    [TestCase("{\"name\":\"A\",\"dialogBackend\":{" + Settings + ",\"learningEnabled\":false,\"backends\":{\"llm\":{\"mockMode\":true}}}}", "\"mockMode\":true", ",\"modelPath\":\"../../models/minilm-companion.gguf\"", TestName = "Plan_gives_existing_settings_the_model_path_that_they_need_and_nothing_else")]
    public void Plan_inserts_exactly(string card, string after, string inserted)
    {
        int place = card.LastIndexOf(after, StringComparison.Ordinal) + after.Length;

        Assert.That(Integrate(card), Is.EqualTo(card.Insert(place, inserted)));
    }

    // '^' is where the text begins, in the object of backends.
    [TestCase("{\n  \"name\": \"A\",\n  \"dialogBackend\": {\n    #,\n    \"backends\": {^}\n  }\n}", "\n      ", "\n    ")]
    [TestCase("{\n  \"name\": \"A\",\n  \"dialogBackend\": {\n    #,\n    \"backends\": {^ }\n  }\n}", "\n      ", "\n   ")]
    [TestCase("{\n  \"name\": \"A\",\n  \"dialogBackend\": {\n    #,\n    \"backends\": {\t^}\n  }\n}", "\n      ", "\n    ")]
    [TestCase("{\n  \"name\": \"A\",\n  \"dialogBackend\": {\n    #,\n    \"backends\": {^\n    }\n  }\n}", "\n      ", "")]
    [TestCase("{\"name\": \"A\", \"dialogBackend\": {#, \"backends\": {^}}}", "", "")]
    [TestCase("{\"name\": \"A\", \"dialogBackend\": {#, \"backends\": { ^}}}", "", " ")]
    public void Plan_fills_an_empty_object_and_keeps_what_is_between_its_braces(string template, string before, string after)
    {
        string card = template.Replace("#", Settings + ", \"learningEnabled\": false", StringComparison.Ordinal);
        int place = card.IndexOf('^', StringComparison.Ordinal);
        card = card.Remove(place, 1);

        string result = Integrate(card);

        string inserted = result[place..^(card.Length - place)];
        Assert.Multiple(() =>
        {
            Assert.That(result.Remove(place, inserted.Length), Is.EqualTo(card));
            Assert.That(inserted, Does.StartWith(before + "\"llm\": {").And.EndsWith("}" + after));
            Assert.That(inserted, before.Length > 0 ? Does.Contain("\n        \"maxTokens\": 50,\n") : Does.Contain(", \"maxTokens\": 50, "));
        });
    }

    [Test]
    public void Plan_fills_an_empty_llm()
    {
        JsonElement llm = Backend(Integrate("""{"name":"A","dialogBackend":{"backends":{"llm":{}}}}""")).GetProperty("backends").GetProperty("llm");

        Assert.That(llm.GetProperty("maxTokens").GetInt32(), Is.EqualTo(50));
    }

    [Test]
    public void Plan_has_nothing_to_do_for_a_complete_card()
    {
        IntegrationPlan plan = Plan(Complete);

        Assert.Multiple(() =>
        {
            Assert.That(plan.Verdict, Is.EqualTo(IntegrationVerdict.AlreadyIntegrated));
            Assert.That(plan.Edits, Is.Empty);
            Assert.That(plan.Result.ToArray(), Is.EqualTo(plan.Original.ToArray()));
        });
    }

    [TestCase("", "empty")]
    [TestCase("\uFEFF", "white space")]
    [TestCase(" \r\n\t", "white space")]
    [TestCase("{\"name\":\"A\",\n \"dialogs\":[] // a comment\n}", "line 2, byte 15")]
    [TestCase("{\"name\":\"A\",\"dialogs\":[],}", "line 1, byte 26: The JSON object contains a trailing comma")]
    [TestCase("{\"name\":\"A\",\"dialogs\":[]} {}", "line 1")]
    [TestCase("{\"name\":\"A\",\"dialogBackend\":\"x\"}", "$.dialogBackend is a string, not an object")]
    [TestCase("{\"name\":\"A\",\"dialogBackend\":null}", "$.dialogBackend is null, not an object")]
    [TestCase("{\"name\":\"A\",\"dialogBackend\":{\"backends\":[]}}", "$.dialogBackend.backends is an array, not an object")]
    [TestCase("{\"name\":\"A\",\"dialogBackend\":{\"backends\":{\"llm\":true}}}", "$.dialogBackend.backends.llm is a boolean, not an object")]
    public void Plan_fails_and_says_where(string json, string where)
    {
        IntegrationPlan plan = Plan(json);

        Assert.Multiple(() =>
        {
            Assert.That(plan.Verdict, Is.EqualTo(IntegrationVerdict.Failed));
            Assert.That(plan.Reason, Does.Contain(where).And.Not.Contain("reader options"));
            Assert.That(plan.Edits, Is.Empty);
        });
    }

    [TestCase(new byte[] { 0xFF, 0xFE, 0x7B, 0 }, "UTF-16")]
    [TestCase(new byte[] { 0xEF, 0xBB, 0xBF, 0x22, 0xC3, 0xA9, 0xC3, 0x22 }, "byte offset 6")]
    public void Plan_fails_on_what_is_not_UTF_8(byte[] json, string where)
    {
        IntegrationPlan plan = new CardIntegrator().Plan(json);

        Assert.That(plan.Verdict, Is.EqualTo(IntegrationVerdict.Failed));
        Assert.That(plan.Reason, Does.Contain(where));
    }

    [TestCase("null", "the root is null")]
    [TestCase("[{\"name\":\"A\",\"dialogs\":[]}]", "the root is an array")]
    [TestCase("12", "the root is a number")]
    [TestCase("{}", "no name")]
    [TestCase("{\"name\":5,\"dialogs\":[]}", "$.name is a number")]
    [TestCase("{\"name\":\"package\",\"version\":\"1.0\"}", "none of dialogs")]
    [TestCase("{\"chainOrder\":2,\"trainingData\":[]}", "Markov configuration")]
    public void Plan_says_why_a_file_is_not_a_card(string json, string why)
    {
        IntegrationPlan plan = Plan(json);

        Assert.Multiple(() =>
        {
            Assert.That(plan.Verdict, Is.EqualTo(IntegrationVerdict.NotACard));
            Assert.That(plan.Reason, Does.Contain(why));
        });
    }

    [Test]
    public void Plan_takes_training_data_from_dialogs_then_from_the_chain_then_from_the_name()
    {
        const string chain = "\"dialogBackend\":{\"backends\":{\"markov_chain\":{\"trainingData\":[\"m1\",\"m2\",\"m3\",\"m4\",\"m5\",\"m6\"]}}}";

        Assert.Multiple(() =>
        {
            Assert.That(TrainingOf("{\"name\":\"A\",\"dialogs\":[{\"responses\":[\"d\"]}]," + chain + "}"), Is.EqualTo(new[] { "d" }));
            Assert.That(TrainingOf("{\"name\":\"A\",\"dialogConfig\":{\"responses\":[\"c\"]}," + chain + "}"), Is.EqualTo(new[] { "c" }));
            Assert.That(TrainingOf("{\"name\":\"A\",\"dialogs\":[{}]," + chain + "}"), Is.EqualTo(new[] { "m1", "m2", "m3", "m4", "m5", "m6" }));
            Assert.That(TrainingOf("{\"name\":\"Zo\\u00eb\",\"dialogs\":7}"), Has.Length.EqualTo(5).And.Some.Contains("Zoë"));
            Assert.That(TrainingOf("{\"name\":\" \",\"dialogs\":[]}"), Has.Some.Contains("your companion"));
        });
    }

    [Test]
    public void Plan_spells_text_as_the_card_does()
    {
        CardIntegrator integrator = new(new CardIntegratorOptions { ModelPath = "models/ё \"q\".gguf" });
        string raw = Encoding.UTF8.GetString(integrator.Plan("{\"name\":\"é\",\"dialogs\":[{\"responses\":[\"👩‍🚀 <b>\"]}]}"u8.ToArray()).Result.Span);
        string escaped = Encoding.UTF8.GetString(integrator.Plan("{\"name\":\"\\u00E9\",\"dialogs\":[{\"responses\":[\"\\\\ \\ud83d\\uDC69 <b>\"]}]}"u8.ToArray()).Result.Span);
        string ascii = Encoding.UTF8.GetString(integrator.Plan("{\"name\":\"\\\\u00e9\\u0041\",\"dialogs\":[]}"u8.ToArray()).Result.Span);

        Assert.Multiple(() =>
        {
            Assert.That(raw, Does.Contain("\"modelPath\":\"models/ё \\\"q\\\".gguf\"").And.Contain("\"trainingData\":[\"👩‍🚀 <b>\"]").And.Contain("Hm, é has"));
            Assert.That(escaped, Does.Contain("\"modelPath\":\"models/\\u0451 \\\"q\\\".gguf\"").And.Contain("\"trainingData\":[\"\\\\ \\ud83d\\uDC69 <b>\"]").And.Contain("Hm, \\u00E9 has"));
            Assert.That(ascii, Does.Contain("models/ё"));
        });
    }

    [TestCase("\"enabled\":false,", "enabled is not true")]
    [TestCase("\"defaultBackend\":\"markov_chain\",\"fallbackChain\":[\"simple_random\"],", "not asked until activated")]
    [TestCase("\"defaultBackend\":null,\"fallbackChain\":[null],", "not asked until activated")]
    [TestCase("\"defaultBackend\":7,\"fallbackChain\":[],", "not asked until activated")]
    [TestCase("\"backends\":{\"llm\":{\"enabled\":false}},", "backends.llm.enabled is false")]
    [TestCase("\"backends\":{\"llm\":{\"mockMode\":true}},", "backends.llm.mockMode is true")]
    public void Plan_says_what_keeps_the_model_from_answering(string settings, string obstacle)
    {
        IntegrationPlan plan = Plan("{\"name\":\"A\",\"dialogBackend\":{" + settings + "\"learningEnabled\":true}}");

        Assert.Multiple(() =>
        {
            Assert.That(plan.Verdict, Is.EqualTo(IntegrationVerdict.Integrated));
            Assert.That(plan.Reason, Does.Contain(obstacle));
            Assert.That(new CardIntegrator().Plan(plan.Result).Reason, Does.Contain(obstacle));
        });
    }

    [TestCase("\"defaultBackend\":#")]
    [TestCase("\"defaultBackend\":\"a\",\"fallbackChain\":[#]")]
    public void Plan_keeps_values_that_are_nested_deeply_where_a_name_belongs(string settings)
    {
        string nested = new string('[', 100) + new string(']', 100);

        IntegrationPlan plan = Plan("{\"name\":\"A\",\"dialogBackend\":{" + settings.Replace("#", nested, StringComparison.Ordinal) + "}}");

        Assert.That((plan.Verdict, Encoding.UTF8.GetString(plan.Result.Span).Contains(nested, StringComparison.Ordinal)), Is.EqualTo((IntegrationVerdict.Integrated, true)));
    }

    [TestCase("", "[\"markov_chain\",\"simple_random\"]")]
    [TestCase("\"defaultBackend\":\"\\u006clm\",", "[\"markov_chain\",\"simple_random\"]")]
    [TestCase("\"defaultBackend\":\"markov_chain\",", "[\"llm\",\"simple_random\"]")]
    [TestCase("\"defaultBackend\":\"mine\",", "[\"llm\",\"markov_chain\",\"simple_random\"]")]
    public void Plan_gives_a_card_without_a_chain_one_in_which_the_model_is_asked(string settings, string chain)
    {
        IntegrationPlan plan = Plan("{\"name\":\"A\",\"dialogBackend\":{" + settings + "\"enabled\":true}}");

        Assert.Multiple(() =>
        {
            Assert.That(Backend(Encoding.UTF8.GetString(plan.Result.Span)).GetProperty("fallbackChain").GetRawText(), Is.EqualTo(chain));
            Assert.That(plan.Reason, Does.Not.Contain("not asked"));
        });
    }

    [Test]
    public void Integrator_refuses_an_empty_model_path() =>
        Assert.That(() => new CardIntegrator(new CardIntegratorOptions { ModelPath = "" }), Throws.ArgumentException.With.Message.Contains("model path"));

    [Test]
    public void FindFault_sees_lost_bytes_and_unfinished_work()
    {
        byte[] card = Encoding.UTF8.GetBytes(Complete);
        CardIntegrator integrator = new();

        Assert.Multiple(() =>
        {
            Assert.That(integrator.FindViolation(With(new CardEdit(1, 0, " "u8.ToArray()))), Is.Null);
            Assert.That(integrator.FindViolation(With(new CardEdit(0, 1, ReadOnlyMemory<byte>.Empty))), Does.Contain("second run").And.Contain("Failed"));
            Assert.That(CardEdits.KeepAllBytes("abc"u8, [new CardEdit(1, 0, "x"u8.ToArray())], "axbc"u8));
            Assert.That(CardEdits.KeepAllBytes("abc"u8, [new CardEdit(1, 0, "x"u8.ToArray())], "axbd"u8), Is.False);
            Assert.That(CardEdits.KeepAllBytes("abc"u8, [new CardEdit(1, 0, "x"u8.ToArray())], "bxbc"u8), Is.False);
            Assert.That(CardEdits.KeepAllBytes("abc"u8, [new CardEdit(1, 0, "x"u8.ToArray())], "a"u8), Is.False);
            Assert.That(CardEdits.KeepAllBytes("abc"u8, [new CardEdit(2, 0, "x"u8.ToArray()), new CardEdit(1, 0, "y"u8.ToArray())], "abxyc"u8), Is.False);
        });

        IntegrationPlan With(CardEdit edit) => new(IntegrationVerdict.Integrated, "", card, [edit]);
    }

    private static IntegrationPlan Plan(string json) => new CardIntegrator().Plan(Encoding.UTF8.GetBytes(json));

    private static string Integrate(string json)
    {
        IntegrationPlan plan = Plan(json);
        Assert.That(plan.Verdict, Is.EqualTo(IntegrationVerdict.Integrated), plan.Reason);
        return Encoding.UTF8.GetString(plan.Result.Span);
    }

    private static JsonElement Backend(string json) => JsonDocument.Parse(json).RootElement.GetProperty("dialogBackend");

    private static string[] TrainingOf(string json) =>
        [.. Backend(Integrate(json)).GetProperty("backends").GetProperty("llm").GetProperty("markov_chain").GetProperty("trainingData").EnumerateArray().Select(line => line.GetString()!)];
}
