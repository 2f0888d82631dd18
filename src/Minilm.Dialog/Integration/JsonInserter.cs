using System.Text;

namespace Minilm.Dialog.Integration;

/// <summary>Inserts members into objects, in the layout of the surrounding text.</summary>
internal sealed class JsonInserter(JsonLayout layout)
{
    /// <summary>Gets the insertion that adds members at the end of an object.</summary>
    public CardEdit Append(JsonSyntaxNode node, ObjectLayout parent, IReadOnlyList<JsonAddedMember> members)
    {
        ObjectLayout style = layout.Of(node, parent);
        StringBuilder text = new();
        if (node.Members.Count > 0)
        {
            foreach (JsonAddedMember member in members)
            {
                text.Append(',').Append(style.IsMultiLine ? layout.NewLine + style.Indent : style.Gap);
                Write(text, member, style);
            }
            return Insert(node.Members[^1].Value.End, text);
        }

        WriteMembers(text, members, style);
        string space = layout.Text(node.Start + 1, node.End - 1);
        if (!style.IsMultiLine)
        {
            text.Append(space);
            return Insert(node.End - 1, text);
        }
        text.Insert(0, layout.NewLine + style.Indent);
        if (space.Contains('\n', StringComparison.Ordinal))
        {
            return Insert(node.Start + 1, text); // the closing brace is on a line of its own already
        }
        text.Append(layout.NewLine);
        if (parent.Indent.EndsWith(space, StringComparison.Ordinal))
        {
            // The spaces between the braces become the last ones before the closing brace.
            text.Append(parent.Indent.AsSpan(0, parent.Indent.Length - space.Length));
            return Insert(node.Start + 1, text);
        }
        text.Append(parent.Indent);
        return Insert(node.End - 1, text);
    }

    private static CardEdit Insert(int offset, StringBuilder text) => new(offset, 0, Encoding.UTF8.GetBytes(text.ToString()));

    private void Write(StringBuilder text, JsonAddedMember member, ObjectLayout style)
    {
        text.Append('"').Append(member.Name).Append('"').Append(style.Colon);
        switch (member.Value)
        {
            case JsonAddition.Literal literal:
                text.Append(literal.Json);
                break;
            case JsonAddition.LongList { Items.Count: > 0 } list when style.IsMultiLine:
                string line = layout.NewLine + style.Indent;
                text.Append('[').Append(line).Append(layout.Unit).AppendJoin("," + line + layout.Unit, list.Items).Append(line).Append(']');
                break;
            case JsonAddition.LongList { Items: var items }:
                WriteOnOneLine(text, items, style);
                break;
            case JsonAddition.ShortList { Items: var items }:
                WriteOnOneLine(text, items, style);
                break;
            case JsonAddition.Members members:
                ObjectLayout inner = style with { Indent = style.Indent + layout.Unit };
                text.Append('{').Append(style.IsMultiLine ? layout.NewLine + inner.Indent : style.Padding);
                WriteMembers(text, members.Items, inner);
                text.Append(style.IsMultiLine ? layout.NewLine + style.Indent : style.Padding).Append('}');
                break;
        }
    }

    private static void WriteOnOneLine(StringBuilder text, IReadOnlyList<string> items, ObjectLayout style) =>
        text.Append('[').AppendJoin("," + style.ListGap, items).Append(']');

    private void WriteMembers(StringBuilder text, IReadOnlyList<JsonAddedMember> members, ObjectLayout style)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (i > 0)
            {
                text.Append(',').Append(style.IsMultiLine ? layout.NewLine + style.Indent : style.Gap);
            }
            Write(text, members[i], style);
        }
    }
}
