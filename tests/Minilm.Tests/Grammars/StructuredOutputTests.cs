using System.Text.Json;

namespace Minilm.Tests.Grammars;

public sealed class StructuredOutputTests
{
    private const string Person = """{"type":"object","properties":{"name":{"type":"string","maxLength":8},"age":{"type":"integer","minimum":0,"maximum":120}},"required":["name","age"]}""";

    private static readonly ChatTool Weather = new("weather", "Says how the weather is.", """{"type":"object","properties":{"city":{"enum":["Oslo","Rome"]},"days":{"type":"integer","minimum":1,"maximum":9}},"required":["city"]}""");
    private static readonly ChatTool Clock = new("clock", "Says what time it is.");

    private LlamaModel _model = null!;

    [OneTimeSetUp]
    public void Load() => _model = TestModels.LoadTiny();

    [OneTimeTearDown]
    public void Free() => _model.Dispose();

    [Test]
    public void JsonSchema_makes_the_completion_valid_json()
    {
        Completion completion = _model.Predict("Who?", new CompletionOptions { JsonSchema = Person, MaxTokens = 200, Seed = 3 });

        Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Stop));
        Assert.That(JsonJudge.Problem(Person, completion.Text), Is.Null, completion.Text);
    }

    [Test]
    public void JsonSchema_that_the_token_limit_cuts_short_ends_with_Length()
    {
        Completion completion = _model.Predict("Who?", new CompletionOptions { JsonSchema = Person, MaxTokens = 5, Seed = 3 });

        Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Length));
        Assert.That(completion.Text, Does.StartWith("{\"name\""));
    }

    [Test]
    public void Predict_refuses_options_that_contradict_each_other_and_stays_usable()
    {
        CompletionOptions[] wrong =
        [
            new() { Grammar = "root ::= \"a\"", JsonSchema = "{}" },
            new() { Tools = [Clock], JsonSchema = "{}" },
            new() { Tools = [Clock], Grammar = "root ::= \"a\"" },
            new() { Tools = [Clock, Clock] },
            new() { Tools = [new ChatTool("", "")] },
            new() { Tools = [Clock], ToolChoice = ToolChoice.Named("weather") },
            new() { ToolChoice = ToolChoice.Required },
            new() { JsonSchema = """{"not":{}}""" },
            new() { Tools = [Clock with { ParametersSchema = """{"not":{}}""" }] },
            new() { Tools = [Clock with { ParametersSchema = "nonsense" }] },
        ];
        using var mock = new MockModel();
        mock.Initialize();

        Assert.Multiple(() =>
        {
            foreach (CompletionOptions options in wrong)
            {
                Assert.That(() => _model.Predict("x", options), Throws.InstanceOf<ArgumentException>());
                Assert.That(() => mock.Predict("x", options), Throws.InstanceOf<ArgumentException>());
            }
            Assert.That(_model.Predict("x", new CompletionOptions { MaxTokens = 1 }).Usage.CompletionTokens, Is.LessThanOrEqualTo(1));
        });
    }

    [Test]
    public void A_schema_of_a_tool_that_cannot_be_followed_names_the_tool_and_the_keyword()
    {
        var options = new CompletionOptions { Tools = [Clock with { ParametersSchema = """{"properties":{"a":{"not":{}}}}""" }] };

        Assert.That(() => _model.Predict("x", options), Throws.TypeOf<JsonSchemaException>().With.Message.Contains("clock").And.Message.Contains("'not'").And.Property("Path").EqualTo("#/properties/a"));
    }

    [Test]
    public void Required_tools_are_called_with_arguments_of_their_schema([Values(0, 1, 2, 3, 5, 6, 7, 8)] int seed)
    {
        Completion completion = _model.Predict("x", new CompletionOptions { Tools = [Weather, Clock], ToolChoice = ToolChoice.Required, MaxTokens = 450, Temperature = 1.5f, Seed = (uint)seed });

        Assert.Multiple(() =>
        {
            Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Stop));
            Assert.That(completion.Text, Is.Empty);
            Assert.That(completion.ToolCalls, Has.Count.InRange(1, ToolCallFormat.MaxCalls));
            foreach (ToolCall call in completion.ToolCalls)
            {
                Assert.That(call.Name, Is.AnyOf("weather", "clock"));
                Assert.That(JsonJudge.Problem(call.Name == "weather" ? Weather.ParametersSchema! : """{"type":"object","properties":{},"additionalProperties":false}""", call.Arguments.GetRawText()), Is.Null);
            }
            Assert.That(completion.ToolCalls.Select(call => call.Id), Is.Unique);
        });
    }

    [Test]
    public void Calls_that_the_token_limit_cuts_short_stay_text()
    {
        Completion completion = _model.Predict("x", new CompletionOptions { Tools = [Weather, Clock], ToolChoice = ToolChoice.Required, MaxTokens = 20, Seed = 1 });

        Assert.Multiple(() =>
        {
            Assert.That(completion.FinishReason, Is.EqualTo(FinishReason.Length));
            Assert.That(completion.Text, Does.StartWith("<tool_call>"));
            Assert.That(completion.ToolCalls, Is.Empty);
        });
    }

    [Test]
    public void A_named_tool_is_called_once()
    {
        Completion completion = _model.Predict("x", new CompletionOptions { Tools = [Weather, Clock], ToolChoice = ToolChoice.Named("weather"), MaxTokens = 200, Seed = 1 });

        Assert.That(completion.ToolCalls.Select(call => call.Name), Is.EqualTo(new[] { "weather" }));
    }

    [Test]
    public void Auto_leaves_text_free([Range(0, 4)] int seed)
    {
        Completion completion = _model.Predict("x", new CompletionOptions { Tools = [Weather], MaxTokens = 40, Seed = (uint)seed });

        Assert.Multiple(() =>
        {
            Assert.That(completion.Text, Is.Not.Empty);
            Assert.That(completion.ToolCalls, Is.Empty);
        });
    }

    [TestCase("Hello <b>you</b> <<tool", true)]
    [TestCase("Let me look.\n<tool_call>{\"name\": \"clock\", \"arguments\": {}}</tool_call>", true)]
    [TestCase("<<tool_call>{\"name\":\"clock\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"clock\",\"arguments\":{}}</tool_call>", true)]
    [TestCase("<tool_call>{\"name\": \"clock\"", false)]
    [TestCase("<tool_call>{\"name\": \"other\", \"arguments\": {}}</tool_call>", false)]
    [TestCase("<tool_call>{\"name\": \"clock\", \"arguments\": {}}</tool_call> and more", false)]
    public void Auto_allows_text_and_then_whole_calls(string text, bool allowed)
    {
        string gbnf = Minilm.Chat.StructuredOutput.GrammarOf(new CompletionOptions { Tools = [Clock] })!;
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddGrammar(gbnf);
        bool accepted = true;
        try
        {
            foreach (byte value in System.Text.Encoding.UTF8.GetBytes(text))
            {
                sampler.Accept(3 + value);
            }
            sampler.Accept(_model.Vocab.EndOfText!.Value);
        }
        catch (InvalidOperationException)
        {
            accepted = false;
        }

        Assert.That(accepted, Is.EqualTo(allowed));
    }

    [Test]
    public void No_choice_of_tools_leaves_the_call_in_the_text()
    {
        Completion completion = _model.Predict("x", new CompletionOptions { Tools = [Clock], ToolChoice = ToolChoice.None, Grammar = "root ::= \"<tool_call>{\\\"name\\\":\\\"clock\\\",\\\"arguments\\\":{}}</tool_call>\"", MaxTokens = 100 });

        Assert.That(completion.Text, Does.StartWith("<tool_call>"));
        Assert.That(completion.ToolCalls, Is.Empty);
    }

    [Test]
    public void Parse_keeps_the_text_before_and_reads_every_call()
    {
        (string text, IReadOnlyList<ToolCall> calls) = ToolCallFormat.Parse("""
            I will look.
            <tool_call>{"name": "weather", "arguments": {"city": "a</tool_call>b"}}</tool_call>
            <tool_call>
            {"name": "clock", "arguments": {}}
            </tool_call>

            """);

        Assert.Multiple(() =>
        {
            Assert.That(text, Is.EqualTo("I will look."));
            Assert.That(calls.Select(call => (call.Id, call.Name)), Is.EqualTo(new[] { ("call_1", "weather"), ("call_2", "clock") }));
            Assert.That(calls[0].Arguments.GetProperty("city").GetString(), Is.EqualTo("a</tool_call>b"));
            Assert.That(calls[1].Arguments.ValueKind, Is.EqualTo(JsonValueKind.Object));
        });
    }

    [TestCase("")]
    [TestCase("no call")]
    [TestCase("<tool_call>")]
    [TestCase("<tool_call></tool_call>")]
    [TestCase("<tool_call>{\"name\": 1, \"arguments\": {}}</tool_call>")]
    [TestCase("<tool_call>{\"name\": \"a\", \"arguments\": [1]}</tool_call>")]
    [TestCase("<tool_call>{\"name\": \"a\"}</tool_call>")]
    [TestCase("<tool_call>[]</tool_call>")]
    [TestCase("<tool_call>{\"name\": \"\\ud800\", \"arguments\": {}}</tool_call>")]
    [TestCase("<tool_call>{\"name\": \"a\", \"arguments\": {}}</tool_call> more")]
    [TestCase("</tool_call><tool_call>{\"name\": \"a\", \"arguments\": {}}")]
    public void Parse_leaves_what_is_no_call_in_the_text(string text)
    {
        (string rest, IReadOnlyList<ToolCall> calls) = ToolCallFormat.Parse(text);

        Assert.That(rest, Is.EqualTo(text));
        Assert.That(calls, Is.Empty);
    }

    [Test]
    public void Instructions_tell_of_each_tool_and_how_it_is_called()
    {
        string text = ToolCallFormat.Instructions([Weather, Clock]);

        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain("\"weather\"").And.Contains("\"clock\"").And.Contains("Says how the weather is.").And.Contains("<tool_call>"));
            Assert.That(ToolCallFormat.Instructions([Clock], ToolChoice.Required), Does.Contain("at least one"));
            Assert.That(ToolCallFormat.Instructions([Clock], ToolChoice.None), Does.Contain("Do not use"));
            Assert.That(ToolCallFormat.Instructions([Clock], ToolChoice.Named("clock")), Does.Contain("\"clock\" now"));
            Assert.That(() => ToolCallFormat.Instructions([]), Throws.ArgumentException);
            Assert.That(() => ToolCallFormat.Instructions([new ChatTool("a", "b", "{")]), Throws.ArgumentException);
        });
    }
}
