using System.Text.Json;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Integration;

/// <summary>Computes what a card lacks, as edits of its text.</summary>
internal sealed class CardAdditions(ReadOnlyMemory<byte> json, JsonSyntaxNode root, CardIntegratorOptions options)
{
    private readonly JsonLayout _layout = new(json, root);
    private readonly CardText _text = new(json, root);
    private readonly List<CardEdit> _edits = [];
    private readonly List<string> _done = [];

    /// <summary>Gets the edits in the order of their offsets, and a description of them.</summary>
    /// <exception cref="FormatException">A value that is to be extended has a wrong type; the message says which, as the end of a sentence.</exception>
    public (string Done, IReadOnlyList<CardEdit> Edits) Compute()
    {
        ObjectLayout outside = new() { IsMultiLine = json.Span.Contains((byte)'\n') };
        JsonInserter inserter = new(_layout);
        if (root.Find("dialogBackend") is not { } backend)
        {
            JsonAddition.Members whole = new(LlmAdditions.DialogBackend(null, _text, options));
            return ("added dialogBackend", [inserter.Append(root, outside, [new("dialogBackend", whole)])]);
        }
        RequireObject(backend, "$.dialogBackend");
        ObjectLayout rootLayout = _layout.Of(root, outside);
        string? currentDefault = backend.Find("defaultBackend") is { } node ? _layout.Text(node.Start, node.End) : null;
        Append(backend, rootLayout, "", [.. LlmAdditions.DialogBackend(currentDefault, _text, options).Where(member => backend.Find(member.Name) is null)]);
        if (backend.Find("backends") is { } backends)
        {
            RequireObject(backends, "$.dialogBackend.backends");
            AddLlm(backends, _layout.Of(backend, rootLayout));
        }
        if (options.Activate)
        {
            IReadOnlyList<CardEdit> replacements = BackendActivation.Replace(backend, _layout);
            _edits.AddRange(replacements);
            if (replacements.Count > 0)
            {
                _done.Add($"activated before {currentDefault}");
            }
        }
        return (string.Join("; ", _done), [.. _edits.OrderBy(edit => edit.Offset)]);

        void Append(JsonSyntaxNode target, ObjectLayout parent, string path, IReadOnlyList<JsonAddedMember> members)
        {
            if (members.Count > 0)
            {
                _edits.Add(inserter.Append(target, parent, members));
                _done.Add("added " + string.Join(", ", members.Select(member => path + member.Name)));
            }
        }

        void AddLlm(JsonSyntaxNode backends, ObjectLayout parent)
        {
            if (backends.Find(BackendNames.Llm) is not { } llm)
            {
                Append(backends, parent, "backends.", [new(BackendNames.Llm, new JsonAddition.Members(LlmAdditions.Llm(_text, options)))]);
                return;
            }
            RequireObject(llm, "$.dialogBackend.backends.llm");
            ObjectLayout layout = _layout.Of(backends, parent);
            if (llm.Members.Count == 0)
            {
                Append(llm, layout, "backends.llm.", LlmAdditions.Llm(_text, options));
            }
            else if (llm.Find("modelPath") is null)
            {
                // Everything else has a default, which the author may rely on.
                Append(llm, layout, "backends.llm.", [LlmAdditions.ModelPath(_text, options)]);
            }
        }
    }

    /// <summary>Describes what keeps the model from answering even after the edits; empty when nothing does.</summary>
    public string DescribeObstacles()
    {
        if (root.Find("dialogBackend") is not { } backend)
        {
            return "";
        }
        string obstacles = backend.Find("enabled") switch
        {
            null or { Kind: JsonValueKind.True } => "",
            _ => "; enabled is not true, so no backend answers until you set it",
        };
        if (backend.Find("backends")?.Find(BackendNames.Llm) is { } llm)
        {
            obstacles += llm.Find("enabled") is { Kind: JsonValueKind.False } ? "; backends.llm.enabled is false, so the model does not answer until you set it" : "";
            obstacles += llm.Find("mockMode") is { Kind: JsonValueKind.True } ? "; backends.llm.mockMode is true, so the mock answers instead of the model" : "";
        }
        bool isAsked = options.Activate
            || backend.Find("defaultBackend") is not { } current
            || IsLlm(current)
            || backend.Find("fallbackChain") is not { } chain
            || chain.Items.Exists(IsLlm);
        return isAsked ? obstacles : obstacles + "; not asked until activated (neither defaultBackend nor fallbackChain names llm)";
    }

    private bool IsLlm(JsonSyntaxNode node) => CardText.Unescape(_layout.Text(node.Start, node.End)) == BackendNames.Llm;

    private static void RequireObject(JsonSyntaxNode node, string path)
    {
        if (node.Kind != JsonValueKind.Object)
        {
            throw new FormatException($"{path} is {CardIntegrator.Describe(node.Kind)}, not an object; correct it, then try again");
        }
    }
}
