using System.Text.Json;

namespace Minilm.Dialog.Integration;

/// <summary>
/// Adds the configuration of the backend <c>llm</c> to character cards by putting text into them: all bytes of a card stay, in their
/// order, whatever their layout. Members that a card has are kept, whatever their values. Works on bytes alone.
/// </summary>
public sealed class CardIntegrator
{
    private static readonly string[] CardMembers = ["dialogs", "dialogConfig", "dialogBackend", "animations", "description"];

    private readonly CardIntegratorOptions _options;

    /// <summary>Creates an integrator.</summary>
    /// <param name="options">What to add; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model path is empty.</exception>
    public CardIntegrator(CardIntegratorOptions? options = null)
    {
        _options = options ?? new CardIntegratorOptions();
        if (string.IsNullOrEmpty(_options.ModelPath))
        {
            throw new ArgumentException("The model path of cards is empty: give the path of a GGUF file, or leave the default.", nameof(options));
        }
    }

    /// <summary>Computes what would become of a card.</summary>
    /// <param name="json">The bytes of the file, a byte order mark included.</param>
    /// <returns>The plan. It was checked: without its insertions the result is the original, and a plan for the result has nothing to add.</returns>
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

    /// <summary>Looks for what must never happen to a file; gets it as words, or null.</summary>
    internal string? FindViolation(IntegrationPlan plan)
    {
        if (!CardEdits.KeepAllBytes(plan.Original.Span, plan.Edits, plan.Result.Span))
        {
            return "bytes of the original would be lost";
        }
        IntegrationPlan second = Compute(plan.Result);
        return second.Verdict == IntegrationVerdict.AlreadyIntegrated ? null : $"a second run would not be content: {second.Verdict}, {second.Reason}";
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
        string obstacle = additions.DescribeObstacles();
        return edits.Count == 0
            ? new IntegrationPlan(IntegrationVerdict.AlreadyIntegrated, "has everything" + obstacle, json)
            : new IntegrationPlan(IntegrationVerdict.Integrated, added + obstacle, json, edits);
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
