using System.Text.Json;

namespace Minilm.Dialog.Integration;

/// <summary>A value in a JSON text and where it is, in bytes.</summary>
internal sealed class JsonSyntaxNode(JsonValueKind kind, int start)
{
    public JsonValueKind Kind { get; } = kind;

    public int Start { get; } = start;

    /// <summary>Gets or sets the offset behind the last byte.</summary>
    public int End { get; set; }

    /// <summary>Gets the members of an object, in order, duplicates included.</summary>
    public List<JsonSyntaxMember> Members { get; } = [];

    /// <summary>Gets the items of an array.</summary>
    public List<JsonSyntaxNode> Items { get; } = [];

    /// <summary>Finds a member. Of duplicates the last one counts, as for other readers of JSON.</summary>
    public JsonSyntaxNode? Find(string name) => Members.FindLast(member => member.Name == name)?.Value;
}

/// <summary>A member of an object.</summary>
/// <param name="Name">The name; null when its escapes are no text (half of a surrogate pair).</param>
/// <param name="NameStart">The offset of the quote before the name.</param>
/// <param name="NameEnd">The offset behind the quote after it.</param>
/// <param name="Value">The value.</param>
internal sealed record JsonSyntaxMember(string? Name, int NameStart, int NameEnd, JsonSyntaxNode Value);
