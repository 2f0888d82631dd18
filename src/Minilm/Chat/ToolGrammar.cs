using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Minilm.Grammars;

namespace Minilm.Chat;

/// <summary>The grammar of texts with calls of tools.</summary>
internal static class ToolGrammar
{
    private const string NoParameters = """{"type":"object","properties":{},"additionalProperties":false}""";

    /// <exception cref="JsonSchemaException">A schema cannot be followed; the message names the tool.</exception>
    public static string Convert(IReadOnlyList<ChatTool> tools, ToolChoice choice)
    {
        var grammar = new GrammarBuilder();
        var json = new JsonRules(grammar);
        List<string> calls = [];
        foreach (ChatTool tool in tools.Where(tool => choice.Name is null || choice.Name == tool.Name))
        {
            string name = Gbnf.Literal($"{{\"name\":");
            string value = Gbnf.Literal(Gbnf.JsonString(tool.Name));
            calls.Add($"{name} \" \"? {value} {json.Comma} {Gbnf.Literal("\"arguments\"")} {json.Colon} {Arguments(grammar, tool)} \"}}\"");
        }
        string body = GrammarBuilder.Join(grammar.Choice("call", calls), Gbnf.Literal(ToolCallFormat.Close));
        string call = grammar.Rule("toolcall", $"{Gbnf.Literal(ToolCallFormat.Open)} {body}");
        string further = choice.Name is null ? grammar.Repeat(grammar.Rule("next", $"\"\\x0A\"? {call}"), 0, ToolCallFormat.MaxCalls - 1) : "";
        string root = choice.MustCall ? GrammarBuilder.Join(call, further) : FreeText(grammar, GrammarBuilder.Join(body, further));
        return JsonSchemaGrammar.Build(grammar, root);
    }

    /// <summary>One line of JSON: the tool as its instructions show it.</summary>
    public static string Describe(ChatTool tool)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("name", tool.Name);
            writer.WriteString("description", tool.Description);
            writer.WritePropertyName("parameters");
            try
            {
                JsonElement.Parse(tool.ParametersSchema ?? NoParameters).WriteTo(writer);
            }
            catch (JsonException problem)
            {
                throw new ArgumentException($"The parameters of the tool '{tool.Name}' are not JSON: {problem.Message}", nameof(tool), problem);
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Arguments(GrammarBuilder grammar, ChatTool tool)
    {
        try
        {
            return JsonSchemaGrammar.Add(grammar, tool.ParametersSchema ?? NoParameters);
        }
        catch (JsonSchemaException problem)
        {
            throw new JsonSchemaException($"Tool '{tool.Name}': {problem.Message}", problem.Path, problem.Keyword, problem);
        }
    }

    /// <summary>Any text, which may end at any character; once it has spelled the opening mark, a call follows. One rule for each part of the mark that a text can have at its end.</summary>
    private static string FreeText(GrammarBuilder grammar, string afterMark)
    {
        const string Mark = ToolCallFormat.Open;
        string[] states = [.. Enumerable.Range(0, Mark.Length).Select(_ => grammar.Reserve("text"))];
        for (int i = 0; i < states.Length; i++)
        {
            string next = i + 1 < states.Length ? states[i + 1] : afterMark;
            List<string> ways = ["\"\"", $"{Gbnf.Literal(Mark[i].ToString(CultureInfo.InvariantCulture))} {next}"];
            if (i > 0)
            {
                ways.Add($"{Gbnf.Literal(Mark[0].ToString(CultureInfo.InvariantCulture))} {states[1]}"); // the mark has its first character only once
            }
            ways.Add($"{Gbnf.Class(Gbnf.Except(Gbnf.TextCharacters, [Mark[i], Mark[0]]))} {states[0]}");
            grammar.Define(states[i], string.Join(" | ", ways));
        }
        return states[0];
    }
}
