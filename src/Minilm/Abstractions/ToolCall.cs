using System.Text.Json;

namespace Minilm;

/// <summary>A call of a tool that the model wrote.</summary>
/// <param name="Id">A name of the call within its completion: <c>call_1</c>, <c>call_2</c>, …</param>
/// <param name="Name">The name of the tool.</param>
/// <param name="Arguments">The arguments, an object; <see cref="JsonElement.GetRawText"/> gives them as they were written.</param>
public sealed record ToolCall(string Id, string Name, JsonElement Arguments);
