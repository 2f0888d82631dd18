using System.Text.Json;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Characters;

[TestFixture]
public sealed class BackendConfigTests
{
    private const string Place = "$.dialogBackend.backends.b";

    [Test]
    public void Llm_takes_defaults_for_what_is_missing_or_null()
    {
        LlmBackendConfig config = Llm("""{ "modelPath": "m.gguf", "topK": null, "markov_chain": null, "systemPrompt": " " }""");
        Assert.That(config, Is.EqualTo(new LlmBackendConfig
        {
            ModelPath = "m.gguf",
            MaxTokens = 50,
            Temperature = null,
            TopP = null,
            TopK = null,
            RepeatPenalty = null,
            ContextSize = 2048,
            Threads = 4,
            MaxHistoryLength = 10,
            TimeoutMs = 2000,
            FallbackEnabled = true,
            PersonalityWeight = 1,
            MoodInfluence = 0.7,
            Enabled = true,
            HealthCheckInterval = 60,
            ConcurrentRequests = 2,
            FallbackPhrases = config.FallbackPhrases,
            UnknownKeys = config.UnknownKeys,
        }));
        Assert.That(config.FallbackPhrases.Concat(config.UnknownKeys), Is.Empty);
    }

    [Test]
    public void Llm_reads_every_key()
    {
        LlmBackendConfig config = Llm("""
            { "modelPath": "m.gguf", "maxTokens": 64.0, "temperature": 0, "topP": 1, "topK": 0, "repeatPenalty": 1, "contextSize": 512, "threads": 0,
              "maxHistoryLength": 3, "timeoutMs": 0, "fallbackEnabled": false, "fallbackPhrases": ["Hm.", " "], "systemPrompt": "Be {personality}.",
              "personalityWeight": 2, "moodInfluence": 0.25, "enabled": false, "mockMode": true, "debug": true, "maxGenerationTime": 900,
              "healthCheckInterval": 5, "concurrentRequests": 8, "markov_chain": { "trainingData": ["a b c"], "odd": 1 }, "odd": 1, "strange": {}, "odd": 2 }
            """);
        Assert.Multiple(() =>
        {
            Assert.That(config.MaxTokens, Is.EqualTo(64));
            Assert.That(config.Temperature, Is.Zero);
            Assert.That(config.TopP, Is.EqualTo(1));
            Assert.That(config.TopK, Is.Zero);
            Assert.That(config.RepeatPenalty, Is.EqualTo(1));
            Assert.That(config.ContextSize, Is.EqualTo(512));
            Assert.That(config.Threads, Is.Zero);
            Assert.That(config.MaxHistoryLength, Is.EqualTo(3));
            Assert.That(config.TimeoutMs, Is.Zero);
            Assert.That(config.FallbackEnabled, Is.False);
            Assert.That(config.FallbackPhrases, Is.EqualTo(new[] { "Hm." }));
            Assert.That(config.SystemPrompt, Is.EqualTo("Be {personality}."));
            Assert.That(config.PersonalityWeight, Is.EqualTo(2));
            Assert.That(config.MoodInfluence, Is.EqualTo(0.25));
            Assert.That(config.Enabled, Is.False);
            Assert.That(config.MockMode, Is.True);
            Assert.That(config.Debug, Is.True);
            Assert.That(config.MaxGenerationTime, Is.EqualTo(900));
            Assert.That(config.HealthCheckInterval, Is.EqualTo(5));
            Assert.That(config.ConcurrentRequests, Is.EqualTo(8));
            Assert.That(config.MarkovChain!.TrainingData, Is.EqualTo(new[] { "a b c" }));
            Assert.That(config.MarkovChain.UnknownKeys, Is.EqualTo(new[] { "odd" }));
            Assert.That(config.UnknownKeys, Is.EqualTo(new[] { "odd", "strange" }));
        });
    }

    [Test]
    public void Llm_takes_the_default_window_for_zero() =>
        Assert.That(Llm("""{ "modelPath": "m.gguf", "contextSize": 0 }""").ContextSize, Is.EqualTo(2048));

    [TestCase("{}", "is missing: model path is required")]
    [TestCase("""{ "modelPath": null }""", "is missing: model path is required")]
    [TestCase("""{ "modelPath": " " }""", "is blank: model path is required")]
    [TestCase("""{ "modelPath": 4 }""", "is 4, but must be a string")]
    public void Llm_requires_a_model_path(string json, string problem) => Refuses(() => Llm(json), "modelPath", problem);

    [TestCase("maxTokens", "0", "a whole number from 1 to 4096. Correct it, or remove it to use the default of 50.")]
    [TestCase("maxTokens", "4097", "from 1 to 4096")]
    [TestCase("maxTokens", "\"50\"", "a whole number from 1 to 4096")]
    [TestCase("maxTokens", "1e999", "from 1 to 4096")]
    [TestCase("temperature", "-0.01", "a number from 0 to 2. Correct it, or remove it to use the one that the model recommends.")]
    [TestCase("temperature", "2.01", "from 0 to 2")]
    [TestCase("temperature", "true", "from 0 to 2")]
    [TestCase("topP", "-1", "from 0 to 1. Correct it, or remove it to use the one that the model recommends.")]
    [TestCase("topP", "1.1", "from 0 to 1")]
    [TestCase("topK", "-1", "a whole number from 0. Correct it, or remove it to use the one that the model recommends.")]
    [TestCase("repeatPenalty", "0", "from 0.1 to 10. Correct it, or remove it to use the one that the model recommends.")]
    [TestCase("repeatPenalty", "10.5", "from 0.1 to 10")]
    [TestCase("contextSize", "-1", "from 0 to 1048576. Correct it, or remove it to use the default of 2048.")]
    [TestCase("contextSize", "1048577", "from 0 to 1048576")]
    [TestCase("threads", "-1", "from 0 to 1024")]
    [TestCase("threads", "1025", "from 0 to 1024")]
    [TestCase("maxHistoryLength", "-1", "from 0 to 1000. Correct it, or remove it to use the default of 10.")]
    [TestCase("maxHistoryLength", "1001", "from 0 to 1000")]
    [TestCase("timeoutMs", "-1", "a whole number from 0. Correct it, or remove it to use the default of 2000.")]
    [TestCase("timeoutMs", "2147483648", "a whole number from 0")]
    [TestCase("fallbackEnabled", "0", "true or false")]
    [TestCase("fallbackPhrases", "\"Hm.\"", "a list")]
    [TestCase("systemPrompt", "[]", "a string")]
    [TestCase("personalityWeight", "2.1", "from 0 to 2")]
    [TestCase("moodInfluence", "1.1", "from 0 to 1")]
    [TestCase("enabled", "\"yes\"", "true or false")]
    [TestCase("mockMode", "1", "true or false")]
    [TestCase("debug", "1", "true or false")]
    [TestCase("maxGenerationTime", "-1", "from 0")]
    [TestCase("healthCheckInterval", "-1", "from 0")]
    [TestCase("concurrentRequests", "0", "from 1 to 1024. Correct it, or remove it to use the default of 2.")]
    [TestCase("concurrentRequests", "1025", "from 1 to 1024")]
    [TestCase("markov_chain", "[]", "an object")]
    public void Llm_names_key_value_and_range(string key, string value, string expected) =>
        Refuses(() => Llm($$"""{ "modelPath": "m.gguf", "{{key}}": {{value}} }"""), key, expected);

    [Test]
    public void Llm_names_the_place_inside_its_chain() =>
        Refuses(() => Llm("""{ "modelPath": "m.gguf", "markov_chain": { "chainOrder": 9 } }"""), "markov_chain.chainOrder", "from 1 to 5");

    [Test]
    public void Markov_takes_defaults_for_an_empty_object()
    {
        MarkovConfig config = Markov("{}");
        Assert.Multiple(() =>
        {
            Assert.That(config.ChainOrder, Is.EqualTo(2));
            Assert.That(config.MinWords, Is.EqualTo(3));
            Assert.That(config.MaxWords, Is.EqualTo(12));
            Assert.That(config.TemperatureMin, Is.EqualTo(0.4));
            Assert.That(config.TemperatureMax, Is.EqualTo(0.8));
            Assert.That(config.TrainingData, Is.Empty);
            Assert.That(config.UsePersonality, Is.True);
            Assert.That(config.TriggerSpecific, Is.False);
            Assert.That(config.FallbackPhrases, Is.Empty);
            Assert.That(config.LearningRate, Is.EqualTo(0.1));
            Assert.That(config.UnknownKeys, Is.Empty);
        });
    }

    [Test]
    public void Markov_reads_every_key()
    {
        MarkovConfig config = Markov("""
            { "chainOrder": 3, "minWords": 2, "maxWords": 20, "temperatureMin": 0.1, "temperatureMax": 1.5, "trainingData": ["one two", "", "three"],
              "usePersonality": false, "triggerSpecific": true, "fallbackPhrases": ["Oh."], "learningRate": 0.5, "qualityFilters": {}, "forbiddenWords": [] }
            """);
        Assert.Multiple(() =>
        {
            Assert.That(config.ChainOrder, Is.EqualTo(3));
            Assert.That(config.MinWords, Is.EqualTo(2));
            Assert.That(config.MaxWords, Is.EqualTo(20));
            Assert.That(config.TemperatureMin, Is.EqualTo(0.1));
            Assert.That(config.TemperatureMax, Is.EqualTo(1.5));
            Assert.That(config.TrainingData, Is.EqualTo(new[] { "one two", "three" }));
            Assert.That(config.UsePersonality, Is.False);
            Assert.That(config.TriggerSpecific, Is.True);
            Assert.That(config.FallbackPhrases, Is.EqualTo(new[] { "Oh." }));
            Assert.That(config.LearningRate, Is.EqualTo(0.5));
            Assert.That(config.UnknownKeys, Is.EqualTo(new[] { "qualityFilters", "forbiddenWords" }));
        });
    }

    [TestCase("""{ "maxWords": 2 }""", 2, 2)]
    [TestCase("""{ "minWords": 20 }""", 20, 20)]
    [TestCase("""{ "minWords": 20, "maxWords": null }""", 20, 20)]
    [TestCase("""{ "minWords": 5 }""", 5, 12)]
    public void Markov_lets_a_default_length_give_way_to_the_one_that_is_given(string json, int minWords, int maxWords)
    {
        MarkovConfig config = Markov(json);
        Assert.That((config.MinWords, config.MaxWords), Is.EqualTo((minWords, maxWords)));
    }

    [TestCase("""{ "temperatureMax": 0.2 }""", 0.2, 0.2)]
    [TestCase("""{ "temperatureMin": 1.2 }""", 1.2, 1.2)]
    public void Markov_lets_a_default_temperature_give_way_to_the_one_that_is_given(string json, double coolest, double hottest)
    {
        MarkovConfig config = Markov(json);
        Assert.That((config.TemperatureMin, config.TemperatureMax), Is.EqualTo((coolest, hottest)));
    }

    [TestCase("""{ "chainOrder": 0 }""", "chainOrder", "is 0, but must be a whole number from 1 to 5. Correct it, or remove it to use the default of 2.")]
    [TestCase("""{ "chainOrder": 6 }""", "chainOrder", "from 1 to 5")]
    [TestCase("""{ "chainOrder": 1.5 }""", "chainOrder", "is 1.5, but must be a whole number")]
    [TestCase("""{ "minWords": 0 }""", "minWords", "from 1 to 50")]
    [TestCase("""{ "minWords": 8, "maxWords": 7 }""", "minWords", "is 8, but must be a whole number from 1 to 7")]
    [TestCase("""{ "maxWords": 51 }""", "maxWords", "from 1 to 50. Correct it, or remove it to use the default of 12.")]
    [TestCase("""{ "maxWords": 0 }""", "maxWords", "from 1 to 50")]
    [TestCase("""{ "temperatureMin": -0.1 }""", "temperatureMin", "from 0 to 2")]
    [TestCase("""{ "temperatureMin": 0.9, "temperatureMax": 0.8 }""", "temperatureMin", "is 0.9, but must be a number from 0 to 0.8")]
    [TestCase("""{ "temperatureMax": 2.5 }""", "temperatureMax", "from 0 to 2. Correct it, or remove it to use the default of 0.8.")]
    [TestCase("""{ "trainingData": "a" }""", "trainingData", "is \"a\", but must be a list of strings")]
    [TestCase("""{ "trainingData": ["a", 1] }""", "trainingData[1]", "is 1, but must be a string")]
    [TestCase("""{ "fallbackPhrases": {} }""", "fallbackPhrases", "is an object, but must be a list of strings")]
    [TestCase("""{ "usePersonality": 1 }""", "usePersonality", "true or false")]
    [TestCase("""{ "triggerSpecific": "no" }""", "triggerSpecific", "true or false")]
    [TestCase("""{ "learningRate": 1.5 }""", "learningRate", "from 0 to 1. Correct it, or remove it to use the default of 0.1.")]
    public void Markov_names_key_value_and_range(string json, string key, string problem) => Refuses(() => Markov(json), key, problem);

    [Test]
    public void SimpleRandom_reads_lines_under_both_names()
    {
        SimpleRandomConfig config = Random("""{ "enabled": false, "fallbackPhrases": ["b"], "responses": ["a", " "], "type": "basic" }""");
        Assert.Multiple(() =>
        {
            Assert.That(config.Enabled, Is.False);
            Assert.That(config.Responses, Is.EqualTo(new[] { "a", "b" }));
            Assert.That(config.UnknownKeys, Is.EqualTo(new[] { "type" }));
        });
    }

    [Test]
    public void SimpleRandom_takes_defaults_for_an_empty_object()
    {
        SimpleRandomConfig config = Random("{}");
        Assert.Multiple(() =>
        {
            Assert.That(config.Enabled, Is.True);
            Assert.That(config.Responses, Is.Empty);
            Assert.That(config.UnknownKeys, Is.Empty);
        });
    }

    [TestCase("""{ "enabled": null, "responses": 1 }""", "responses", "is 1, but must be a list of strings")]
    [TestCase("""{ "enabled": {} }""", "enabled", "is an object, but must be true or false")]
    public void SimpleRandom_names_key_and_value(string json, string key, string problem) => Refuses(() => Random(json), key, problem);

    [Test]
    public void Settings_must_be_an_object()
    {
        CardException error = Assert.Throws<CardException>(() => SimpleRandomConfig.Parse(default, Place))!;
        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Is.EqualTo($"{Place} is missing, but must be an object. Put its members between braces."));
            Assert.That(error.JsonPath, Is.EqualTo(Place));
        });
    }

    private static void Refuses(Action parse, string key, string problem)
    {
        CardException error = Assert.Throws<CardException>(parse)!;
        Assert.Multiple(() =>
        {
            Assert.That(error.JsonPath, Is.EqualTo($"{Place}.{key}"));
            Assert.That(error.Message, Does.StartWith($"{Place}.{key} is "));
            Assert.That(error.Message, Does.Contain(problem));
        });
    }

    private static LlmBackendConfig Llm(string json) => LlmBackendConfig.Parse(JsonElement.Parse(json), Place);

    private static MarkovConfig Markov(string json) => MarkovConfig.Parse(JsonElement.Parse(json), Place);

    private static SimpleRandomConfig Random(string json) => SimpleRandomConfig.Parse(JsonElement.Parse(json), Place);
}
