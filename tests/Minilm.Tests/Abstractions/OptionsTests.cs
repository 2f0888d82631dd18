using System.Collections;
using Microsoft.Extensions.Options;

namespace Minilm.Tests.Abstractions;

/// <summary>Options are whole: the public validators say what a constructor or a call would, and a file can hold them.</summary>
public sealed class OptionsTests
{
    private static readonly ChatTool Lamp = new("lamp", "Lights the lamp.");

    public static IEnumerable<TestCaseData> BadModelOptions()
    {
        yield return Bad(new LlamaModelOptions(), "model path is required");
        yield return Bad(Model() with { FlashAttention = FlashAttention.Off, ValueType = GgmlType.Q8_0 }, "ValueType is Q8_0, which needs flash attention");
        yield return Bad(Model() with { KeyType = GgmlType.Q5_1 }, "KeyType is Q5_1; it must be");
        yield return Bad(Model() with { Threads = 0 }, "Threads is 0");
        yield return Bad(Model() with { ContextSize = -1 }, "ContextSize is -1");
        yield return Bad(Model() with { MaxTokens = 0 }, "MaxTokens is 0");
        yield return Bad(Model() with { LoadMode = ModelLoadMode.Mapped, ModelOffset = 5 }, "LoadMode is Mapped, but ModelOffset is 5");
        yield return Bad(Model() with { LoadMode = (ModelLoadMode)9 }, "LoadMode is 9");
        yield return Bad(Model() with { Devices = null! }, "Devices is null");
        yield return Bad(Model() with { Devices = [" "] }, "Devices is null or has an empty name");
        yield return Bad(Model() with { TensorOverrides = null! }, "TensorOverrides is null");
        yield return Bad(Model() with { TensorOverrides = [null!] }, "TensorOverrides has an entry that is null");
        yield return Bad(Model() with { TensorOverrides = [new("(", "CPU")] }, "'(', which is not a regular expression");
    }

    public static IEnumerable<TestCaseData> BadContextOptions()
    {
        yield return Bad(new LlamaContextOptions { FlashAttention = FlashAttention.Off, ValueType = GgmlType.Q4_0 }, "ValueType is Q4_0, which needs flash attention");
        yield return Bad(new LlamaContextOptions { MaxSequences = 0 }, "MaxSequences is 0");
        yield return Bad(new LlamaContextOptions { BatchSize = -5 }, "BatchSize is -5");
    }

    public static IEnumerable<TestCaseData> BadCompletionOptions()
    {
        yield return Bad(new CompletionOptions { Temperature = float.NaN }, "Temperature is NaN");
        yield return Bad(new CompletionOptions { MaxTokens = 0 }, "MaxTokens is 0");
        yield return Bad(new CompletionOptions { Timeout = TimeSpan.Zero }, "Timeout is 00:00:00");
        yield return Bad(new CompletionOptions { StopStrings = [""] }, "StopStrings has an empty text");
        yield return Bad(new CompletionOptions { StopStrings = null! }, "StopStrings is null");
        yield return Bad(new CompletionOptions { DrySequenceBreakers = [new string('x', 41)] }, "DrySequenceBreakers has the text");
        yield return Bad(new CompletionOptions { Grammar = "root ::= \"a\"", JsonSchema = "{}" }, "Of Grammar, JsonSchema and Tools more than one is set");
        yield return Bad(new CompletionOptions { Tools = [Lamp], JsonSchema = "{}" }, "Of Grammar, JsonSchema and Tools more than one is set");
        yield return Bad(new CompletionOptions { GrammarTriggers = new GrammarTriggers { Words = ["x"] } }, "GrammarTriggers is set without a Grammar");
        yield return Bad(new CompletionOptions { Grammar = "root ::= \"a\"", GrammarTriggers = new GrammarTriggers { Patterns = ["a*"] } }, "repeats without a bound");
        yield return Bad(new CompletionOptions { Grammar = "root ::= \"a\0\"" }, "zero character");
        yield return Bad(new CompletionOptions { JsonSchema = """{"type":"nothing"}""" }, "nothing");
        yield return Bad(new CompletionOptions { Tools = null! }, "Tools is null");
        yield return Bad(new CompletionOptions { Tools = [null!] }, "a tool has the name ''");
        yield return Bad(new CompletionOptions { Tools = [Lamp, Lamp] }, "a tool has the name 'lamp'");
        yield return Bad(new CompletionOptions { Tools = [Lamp], ToolChoice = ToolChoice.Named("door") }, "the tool 'door' was chosen");
        yield return Bad(new CompletionOptions { ToolChoice = ToolChoice.Required }, "ToolChoice asks for a call, but Tools is empty");
        yield return Bad(new CompletionOptions { Adapters = [new("a"), new("a")] }, "Adapters names 'a' 2 times");
        yield return Bad(new CompletionOptions { Adapters = [new("a", float.PositiveInfinity)] }, "it must be a finite number");
        yield return Bad(new CompletionOptions { Adapters = [new("")] }, "an entry without a name");
    }

    [TestCaseSource(nameof(BadModelOptions))]
    public void Model_validator_says_what_the_constructor_says(LlamaModelOptions options, string problem) =>
        RequireSame(new LlamaModelOptionsValidator().Validate(null, options), () => new LlamaModel(options).Dispose(), problem);

    [TestCaseSource(nameof(BadContextOptions))]
    public void Context_validator_says_what_the_model_says(LlamaContextOptions options, string problem)
    {
        using LlamaModel model = TestModels.LoadTiny();
        RequireSame(new LlamaContextOptionsValidator().Validate(null, options), () => model.CreateContext(options).Dispose(), problem);
    }

    [TestCaseSource(nameof(BadCompletionOptions))]
    public void Completion_validator_says_what_a_call_says(CompletionOptions options, string problem)
    {
        using LlamaModel model = TestModels.LoadTiny();
        RequireSame(new CompletionOptionsValidator().Validate(null, options), () => model.Predict("Hello", options), problem);
        using var mock = new MockModel();
        mock.Initialize();
        Assert.That(() => mock.Predict("Hello", options), Throws.InstanceOf<ArgumentException>().With.Message.Contains(problem), "the mock");
    }

    [Test]
    public void Other_validators_say_what_constructors_say() => Assert.Multiple(() =>
    {
        RequireSame(new EmbedderOptionsValidator().Validate(null, new EmbedderOptions { ContextSize = 0 }), () => LlamaEmbedder.Create(Model(), new EmbedderOptions { ContextSize = 0 }).Dispose(), "ContextSize is 0");
        RequireSame(new LlamaThreadPoolOptionsValidator().Validate(null, new LlamaThreadPoolOptions { Threads = 0 }), () => new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = 0 }).Dispose(), "Threads is 0");
        RequireSame(new LlamaQuantizeOptionsValidator().Validate(null, new LlamaQuantizeOptions { Threads = 0 }), () => LlamaQuantizer.Quantize("a", "b", GgmlFileType.Q8_0, new LlamaQuantizeOptions { Threads = 0 }), "Threads is 0");
    });

    [Test]
    public void Good_options_pass() => Assert.Multiple(() =>
    {
        Assert.That(new LlamaModelOptionsValidator().Validate(null, Model() with { ContextSize = 1, Threads = 1, GpuLayers = 0, ValueType = GgmlType.Q8_0 }).Succeeded);
        Assert.That(new CompletionOptionsValidator().Validate(null, new CompletionOptions { Tools = [Lamp], ToolChoice = ToolChoice.Named("lamp"), Adapters = [new("a", -1)], StopStrings = ["x"] }).Succeeded);
        Assert.That(new LlamaContextOptionsValidator().Validate(null, new LlamaContextOptions()).Succeeded);
    });

    [TestCase(typeof(LlamaModelOptions))]
    [TestCase(typeof(LlamaContextOptions))]
    [TestCase(typeof(CompletionOptions))]
    [TestCase(typeof(EmbedderOptions))]
    [TestCase(typeof(LlamaThreadPoolOptions))]
    [TestCase(typeof(LlamaQuantizeOptions))]
    public void No_option_is_a_live_object(Type options) =>
        Assert.That(options.GetProperties().Where(property => !IsData(property.PropertyType)).Select(property => $"{property.Name}: {property.PropertyType}"), Is.Empty);

    private static bool IsData(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan)
            || (typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments().All(IsData))
            || (!typeof(IDisposable).IsAssignableFrom(type) && type.GetMethod("<Clone>$") is not null && type.GetProperties().All(property => property.PropertyType == type || IsData(property.PropertyType)));
    }

    private static void RequireSame(ValidateOptionsResult result, Action call, string problem)
    {
        Assert.That(result.Failed, Is.True, "the validator passes");
        Assert.That(result.FailureMessage, Does.Contain(problem));
        Assert.That(call, Throws.InstanceOf<ArgumentException>().With.Message.Contains(problem));
    }

    private static LlamaModelOptions Model() => new() { ModelPath = TestModels.Tiny, Threads = 1 };

    private static TestCaseData Bad(object options, string problem) => new TestCaseData(options, problem).SetArgDisplayNames(problem);
}
