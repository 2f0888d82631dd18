using System.Text.Json;

namespace Minilm.Dialog.Integration;

/// <summary>A value in a JSON text, with its position in bytes.</summary>
internal sealed class JsonSyntaxNode(JsonValueKind kind, int start)
{
    public JsonValueKind Kind { get; } = kind;

    public int Start { get; } = start;

    /// <summary>Gets or sets the offset after the last byte.</summary>
    public int End { get; set; }

    /// <summary>Gets the members of an object, in order, duplicates included.</summary>
    public List<JsonSyntaxMember> Members { get; } = [];

    /// <summary>Gets the items of an array.</summary>
    public List<JsonSyntaxNode> Items { get; } = [];

    /// <summary>Finds a member. Of duplicates, the last counts, as for other JSON readers.</summary>
    public JsonSyntaxNode? Find(string name) => Members.FindLast(member => member.Name == name)?.Value;
}

/// <summary>A member of an object.</summary>
/// <param name="Name">The name; null when it is no valid string (a lone surrogate).</param>
/// <param name="NameStart">The offset of the opening quote.</param>
/// <param name="NameEnd">The offset after the closing quote.</param>
/// <param name="Value">The value.</param>
internal sealed record JsonSyntaxMember(string? Name, int NameStart, int NameEnd, JsonSyntaxNode Value);
