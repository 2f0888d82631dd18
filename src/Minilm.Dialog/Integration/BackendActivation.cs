using System.Text;
using System.Text.Json;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Integration;

/// <summary>Activates a card: edits <c>defaultBackend</c> and <c>fallbackChain</c> so that the model answers first and the old default after it.</summary>
internal static class BackendActivation
{
    /// <summary>Gets the edits; none when the model is the default already.</summary>
    /// <param name="backend">The object <c>dialogBackend</c>.</param>
    /// <param name="layout">The text of the card.</param>
    /// <exception cref="FormatException">A value has a wrong type; the message says which, as the end of a sentence.</exception>
    public static IReadOnlyList<CardEdit> Replace(JsonSyntaxNode backend, JsonLayout layout)
    {
        JsonSyntaxNode? oldDefault = backend.Find("defaultBackend");
        if (oldDefault is null)
        {
            return [];
        }
        Require(oldDefault, JsonValueKind.String, "$.dialogBackend.defaultBackend");
        string oldName = layout.Text(oldDefault.Start, oldDefault.End);
        if (CardText.Unescape(oldName) == BackendNames.Llm)
        {
            return [];
        }
        CardEdit activated = Replace(oldDefault, $"\"{BackendNames.Llm}\"");
        return backend.Find("fallbackChain") is { } chain && ReplaceChain(chain, oldName, layout) is { } replaced ? [activated, replaced] : [activated];
    }

    private static CardEdit? ReplaceChain(JsonSyntaxNode chain, string oldDefault, JsonLayout layout)
    {
        Require(chain, JsonValueKind.Array, "$.dialogBackend.fallbackChain");
        for (int i = 0; i < chain.Items.Count; i++)
        {
            Require(chain.Items[i], JsonValueKind.String, $"$.dialogBackend.fallbackChain[{i}]");
        }
        List<string> old = [.. chain.Items.Select(item => layout.Text(item.Start, item.End))];
        List<string> entries = [.. old.Prepend(oldDefault).Where(entry => CardText.Unescape(entry) is not (BackendNames.Llm or "")).DistinctBy(CardText.Unescape, StringComparer.Ordinal)];
        if (entries.SequenceEqual(old, StringComparer.Ordinal))
        {
            return null;
        }
        string inside = layout.Text(chain.Start + 1, chain.End - 1);
        string before = chain.Items.Count > 0 ? layout.SpaceBefore(chain.Items[0].Start) : inside;
        string after = chain.Items.Count > 0 ? layout.Text(chain.Items[^1].End, chain.End - 1) : inside;
        string between = chain.Items.Count > 1 ? layout.Text(chain.Items[0].End, chain.Items[1].Start)
            : before.Contains('\n', StringComparison.Ordinal) ? "," + before
            : ", ";
        return Replace(chain, $"[{before}{string.Join(between, entries)}{after}]");
    }

    private static void Require(JsonSyntaxNode node, JsonValueKind kind, string path)
    {
        if (node.Kind != kind)
        {
            throw new FormatException($"{path} is {CardIntegrator.Describe(node.Kind)}, not {CardIntegrator.Describe(kind)}; correct it, then activate the card");
        }
    }

    private static CardEdit Replace(JsonSyntaxNode node, string json) => new(node.Start, node.End - node.Start, Encoding.UTF8.GetBytes(json));
}
