namespace Minilm.Dialog.Integration;

/// <summary>A value to be written into a card.</summary>
internal abstract record JsonAddition
{
    /// <summary>A value as it is to be written.</summary>
    public sealed record Literal(string Json) : JsonAddition;

    /// <summary>A list on one line.</summary>
    public sealed record ShortList(IReadOnlyList<string> Items) : JsonAddition;

    /// <summary>A list with a line for each item, unless the layout is on one line.</summary>
    public sealed record LongList(IReadOnlyList<string> Items) : JsonAddition;

    /// <summary>An object.</summary>
    public sealed record Members(IReadOnlyList<JsonAddedMember> Items) : JsonAddition;
}

/// <summary>A member to be written into a card.</summary>
internal sealed record JsonAddedMember(string Name, JsonAddition Value)
{
    public JsonAddedMember(string name, string json)
        : this(name, new JsonAddition.Literal(json))
    {
    }
}
