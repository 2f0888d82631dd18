using System.Text;

namespace Minilm.Dialog.Integration;

/// <summary>The layout of a JSON text, for insertions that look as if they had always been there.</summary>
internal sealed class JsonLayout
{
    private const string DefaultUnit = "  ";

    private readonly ReadOnlyMemory<byte> _json;

    public JsonLayout(ReadOnlyMemory<byte> json, JsonSyntaxNode root)
    {
        _json = json;
        int lineFeed = json.Span.IndexOf((byte)'\n');
        NewLine = lineFeed > 0 && json.Span[lineFeed - 1] == '\r' ? "\r\n" : "\n";
        Unit = FindUnit(root) ?? DefaultUnit;
    }

    /// <summary>Gets the line ending.</summary>
    public string NewLine { get; }

    /// <summary>Gets the indentation of one level.</summary>
    public string Unit { get; }

    /// <summary>Gets the raw text of a range.</summary>
    public string Text(int start, int end) => Encoding.UTF8.GetString(_json.Span[start..end]);

    /// <summary>Gets the layout of the members of an object.</summary>
    /// <param name="node">The object.</param>
    /// <param name="parent">The layout of the enclosing object, which an empty object follows.</param>
    public ObjectLayout Of(JsonSyntaxNode node, ObjectLayout parent)
    {
        if (node.Members.Count == 0)
        {
            bool isMultiLine = parent.IsMultiLine || Text(node.Start, node.End).Contains('\n', StringComparison.Ordinal);
            return parent with { IsMultiLine = isMultiLine, Indent = parent.Indent + Unit };
        }
        JsonSyntaxMember last = node.Members[^1];
        string colon = Text(last.NameEnd, last.Value.Start);
        ObjectLayout layout = parent with { Colon = colon.Contains('\n', StringComparison.Ordinal) ? parent.Colon : colon };
        JsonSyntaxMember? onItsOwnLine = node.Members.FindLast(member => IndentBefore(member.NameStart) is not null);
        return onItsOwnLine is null
            ? layout with
            {
                IsMultiLine = false,
                Gap = node.Members.Count > 1 ? SpaceBefore(last.NameStart) : layout.ListGap,
                Padding = SpaceBefore(node.Members[0].NameStart),
            }
            : layout with { IsMultiLine = true, Indent = IndentBefore(onItsOwnLine.NameStart)! };
    }

    /// <summary>Gets the white space between a token and the one before it.</summary>
    public string SpaceBefore(int offset)
    {
        int start = offset;
        while (start > 0 && _json.Span[start - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            start--;
        }
        return Text(start, offset);
    }

    /// <summary>Gets the indentation of a token that begins a line; null when it does not.</summary>
    private string? IndentBefore(int offset)
    {
        string space = SpaceBefore(offset);
        int line = space.LastIndexOf('\n');
        return line < 0 ? null : space[(line + 1)..];
    }

    private string? FindUnit(JsonSyntaxNode root)
    {
        Queue<JsonSyntaxNode> containers = new([root]);
        while (containers.TryDequeue(out JsonSyntaxNode? node))
        {
            IEnumerable<int> starts = node.Members.Select(member => member.NameStart).Concat(node.Items.Select(item => item.Start));
            if (starts.Select(IndentBefore).FirstOrDefault(indent => indent is not null) is { } inner
                && IndentBefore(node.End - 1) is { } outer
                && inner.Length > outer.Length
                && inner.StartsWith(outer, StringComparison.Ordinal))
            {
                return inner[outer.Length..];
            }
            foreach (JsonSyntaxNode child in node.Members.Select(member => member.Value).Concat(node.Items).Where(child => child.Members.Count + child.Items.Count > 0))
            {
                containers.Enqueue(child);
            }
        }
        return null;
    }
}

/// <summary>The layout of the members of one object.</summary>
internal sealed record ObjectLayout
{
    /// <summary>Gets a value indicating whether each member has a line of its own.</summary>
    public bool IsMultiLine { get; init; }

    /// <summary>Gets the indentation of a member.</summary>
    public string Indent { get; init; } = "";

    /// <summary>Gets the text between a name and its value.</summary>
    public string Colon { get; init; } = ": ";

    /// <summary>Gets the space between a comma and the next member on the same line.</summary>
    public string Gap { get; init; } = " ";

    /// <summary>Gets the space between a brace and a member on the same line.</summary>
    public string Padding { get; init; } = "";

    /// <summary>Gets the space after a comma in a list on one line.</summary>
    public string ListGap => Colon.EndsWith(':') ? "" : " ";
}
