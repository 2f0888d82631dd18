namespace Minilm;

/// <summary>Something of the host's that the model may call.</summary>
/// <param name="Name">The name by which it is called.</param>
/// <param name="Description">What it does, for the model.</param>
/// <param name="ParametersSchema">The JSON schema of its arguments, an object (see <see cref="JsonSchemaGrammar"/> for what is supported); null takes none.</param>
public sealed record ChatTool(string Name, string Description, string? ParametersSchema = null)
{
    /// <summary>Finds what is wrong with tools and the choice among them.</summary>
    /// <returns>A sentence without a full stop; null when nothing is.</returns>
    internal static string? FindProblem(IReadOnlyList<ChatTool> tools, ToolChoice? choice)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ChatTool? tool in tools)
        {
            if (string.IsNullOrEmpty(tool?.Name) || !names.Add(tool.Name))
            {
                return $"a tool has the name '{tool?.Name}'; each must have one of its own";
            }
        }
        return choice?.Name is { } chosen && !names.Contains(chosen)
            ? $"the tool '{chosen}' was chosen, but the tools are {string.Join(", ", names)}"
            : null;
    }
}

/// <summary>Says whether the model has to call a tool.</summary>
public sealed record ToolChoice
{
    private ToolChoice(string? name) => Name = name;

    /// <summary>Gets the choice to leave it to the model: text, and calls after it.</summary>
    public static ToolChoice Auto { get; } = new(name: null);

    /// <summary>Gets the choice of calls only, at least one.</summary>
    public static ToolChoice Required { get; } = new(name: null) { MustCall = true };

    /// <summary>Gets the choice of text only.</summary>
    public static ToolChoice None { get; } = new(name: null) { MayCall = false };

    /// <summary>Gets the tool that must be called; null is any.</summary>
    public string? Name { get; }

    internal bool MustCall { get; private init; }

    internal bool MayCall { get; private init; } = true;

    /// <summary>Requires one call of one tool.</summary>
    /// <param name="name">The name of the tool.</param>
    /// <returns>The choice.</returns>
    public static ToolChoice Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ToolChoice(name) { MustCall = true };
    }
}
