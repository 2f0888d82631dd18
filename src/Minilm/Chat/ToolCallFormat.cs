using System.Text;
using System.Text.Json;
using Minilm.Chat;

namespace Minilm;

/// <summary>
/// How models are told of tools, and how their calls are read. A call is
/// <c>&lt;tool_call&gt;{"name": "…", "arguments": {…}}&lt;/tool_call&gt;</c>, as many open models were trained to write it;
/// calls come after the text, up to <see cref="MaxCalls"/> of them.
/// </summary>
public static class ToolCallFormat
{
    /// <summary>The most calls that one completion makes.</summary>
    public const int MaxCalls = 8;

    internal const string Open = "<tool_call>";
    internal const string Close = "</tool_call>";

    /// <summary>Writes what tells a model of its tools. It belongs into the system message.</summary>
    /// <param name="tools">The tools, at least one.</param>
    /// <param name="choice">Whether it has to call; null leaves it to the model.</param>
    /// <returns>Instructions in English, the tools one per line.</returns>
    /// <exception cref="ArgumentException">There is no tool, or its schema is not JSON.</exception>
    public static string Instructions(IReadOnlyList<ChatTool> tools, ToolChoice? choice = null)
    {
        ArgumentNullException.ThrowIfNull(tools);
        if ((tools.Count == 0 ? "there is none" : ChatTool.FindProblem(tools, choice)) is { } problem)
        {
            throw new ArgumentException($"The tools cannot be used: {problem}.", nameof(tools));
        }
        var text = new StringBuilder("You can use these tools. Each line is one tool: its name, what it does, and the JSON schema of its arguments.\n");
        foreach (ChatTool tool in tools)
        {
            text.Append(ToolGrammar.Describe(tool)).Append('\n');
        }
        text.Append("To use a tool, write ").Append(Open).Append("{\"name\": \"the tool's name\", \"arguments\": {its arguments}}").Append(Close).Append(" and nothing after it. ");
        text.Append(choice switch
        {
            { MayCall: false } => "Do not use a tool now; answer in plain words.",
            { Name: { } name } => $"Use the tool \"{name}\" now.",
            { MustCall: true } => "Use at least one tool now.",
            _ => "If no tool helps, answer in plain words.",
        });
        return text.ToString();
    }

    /// <summary>Reads the calls at the end of a text. What is not a whole, valid call stays text, and so does everything when something other than white space follows: of calls that were cut short, none is made.</summary>
    /// <param name="text">What a model wrote.</param>
    /// <returns>The text before the calls, and the calls.</returns>
    public static (string Text, IReadOnlyList<ToolCall> Calls) Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (int start = text.IndexOf(Open, StringComparison.Ordinal); start >= 0; start = text.IndexOf(Open, start + 1, StringComparison.Ordinal))
        {
            if (ReadAll(text.AsSpan(start)) is { Count: > 0 } calls)
            {
                return (text[..start].TrimEnd(), calls);
            }
        }
        return (text, []);
    }

    /// <summary>Reads calls up to the end of the text; null when there is something else.</summary>
    private static List<ToolCall>? ReadAll(ReadOnlySpan<char> text)
    {
        List<ToolCall> calls = [];
        for (text = text.TrimEnd(); !text.IsEmpty; text = text.TrimStart())
        {
            if (!text.StartsWith(Open, StringComparison.Ordinal) || Read(text[Open.Length..], calls.Count + 1, out int length) is not { } call)
            {
                return null;
            }
            calls.Add(call);
            text = text[(Open.Length + length)..];
        }
        return calls;
    }

    /// <summary>Reads one call, whose arguments may spell the closing mark in a string.</summary>
    private static ToolCall? Read(ReadOnlySpan<char> text, int number, out int length)
    {
        length = 0;
        for (int close = text.IndexOf(Close, StringComparison.Ordinal), from = 0; close >= 0; from = close + Close.Length, close = Next(text, from))
        {
            try
            {
                JsonElement call = JsonElement.Parse(text[..close]);
                length = close + Close.Length;
                return call.ValueKind == JsonValueKind.Object
                    && call.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
                    && call.TryGetProperty("arguments", out JsonElement arguments) && arguments.ValueKind == JsonValueKind.Object
                    ? new ToolCall($"call_{number}", name.GetString()!, arguments)
                    : null;
            }
            catch (Exception problem) when (problem is JsonException or InvalidOperationException)
            {
                length = 0; // the mark was inside a string, or this is no JSON
            }
        }
        return null;
    }

    private static int Next(ReadOnlySpan<char> text, int from)
    {
        int at = text[from..].IndexOf(Close, StringComparison.Ordinal);
        return at < 0 ? -1 : from + at;
    }
}
