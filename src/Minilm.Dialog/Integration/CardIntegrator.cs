using System.Text.Json;

namespace Minilm.Dialog.Integration;

/// <summary>
/// Adds the configuration of the backend <c>llm</c> to character cards by inserting text: all bytes of a card are kept in
/// their order, whatever their layout, and existing members keep their values. Works in memory, not on files.
/// </summary>
public sealed class CardIntegrator
{
    private static readonly string[] CardMembers = ["dialogs", "dialogConfig", "dialogBackend", "animations", "description"];

    private readonly CardIntegratorOptions _options;

    /// <summary>Creates an integrator.</summary>
    /// <param name="options">What to add; null uses the defaults.</param>
    /// <exception cref="ArgumentException">The model path is empty.</exception>
    public CardIntegrator(CardIntegratorOptions? options = null)
    {
        _options = options ?? new CardIntegratorOptions();
        if (string.IsNullOrEmpty(_options.ModelPath))
        {
            throw new ArgumentException("The model path of cards is empty: give the path of a GGUF file, or leave the default.", nameof(options));
        }
    }

    /// <summary>Plans the changes to a card.</summary>
    /// <param name="json">The bytes of the file, including a byte order mark if there is one.</param>
    /// <returns>The plan. It is verified: without its insertions the result equals the original, and integrating the result again would change nothing.</returns>
    public IntegrationPlan Plan(ReadOnlyMemory<byte> json)
    {
        IntegrationPlan plan = Compute(json);
        return plan.Edits.Count > 0 && FindViolation(plan) is { } violation
            ? new IntegrationPlan(IntegrationVerdict.Failed, $"this is a defect of the integrator, please report it with the file: {violation}", json)
            : plan;
    }

    internal static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };

    /// <summary>Checks what must hold for every plan; returns a description of what does not, or null.</summary>
    internal string? FindViolation(IntegrationPlan plan)
    {
        if (!CardEdits.KeepAllBytes(plan.Original.Span, plan.Edits, plan.Result.Span))
        {
            return "bytes of the original would be lost";
        }
        IntegrationPlan second = Compute(plan.Result);
        return second.Verdict == IntegrationVerdict.AlreadyIntegrated ? null : $"a second run would change the file again: {second.Verdict}, {second.Reason}";
    }

    private IntegrationPlan Compute(ReadOnlyMemory<byte> json)
    {
        try
        {
            JsonSyntaxNode root = JsonSyntaxParser.Parse(json.Span);
            return RejectionReason(root) is { } why
                ? new IntegrationPlan(IntegrationVerdict.NotACard, why, json)
                : Compute(json, root);
        }
        catch (FormatException e)
        {
            return new IntegrationPlan(IntegrationVerdict.Failed, e.Message, json);
        }
    }

    private IntegrationPlan Compute(ReadOnlyMemory<byte> json, JsonSyntaxNode root)
    {
        CardAdditions additions = new(json, root, _options);
        (string added, IReadOnlyList<CardEdit> edits) = additions.Compute();
        string obstacles = additions.DescribeObstacles();
        return edits.Count == 0
            ? new IntegrationPlan(IntegrationVerdict.AlreadyIntegrated, "has everything" + obstacles, json)
            : new IntegrationPlan(IntegrationVerdict.Integrated, added + obstacles, json, edits);
    }

    private static string? RejectionReason(JsonSyntaxNode root)
    {
        if (root.Kind != JsonValueKind.Object)
        {
            return $"the root is {Describe(root.Kind)}, not an object";
        }
        JsonSyntaxNode? name = root.Find("name");
        if (name is null)
        {
            return root.Find("chainOrder") is null ? "it has no name" : "it is a Markov configuration: chainOrder at the root, no name";
        }
        if (name.Kind != JsonValueKind.String)
        {
            return $"$.name is {Describe(name.Kind)}, not a string";
        }
        return CardMembers.Any(member => root.Find(member) is not null) ? null : $"it has a name, but none of {string.Join(", ", CardMembers)}";
    }
}
