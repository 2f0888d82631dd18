namespace Minilm.Grammars;

/// <summary>The grammar that a call's options ask for, stated or converted. Conversions are remembered: hosts ask for the same few.</summary>
internal static class StructuredOutput
{
    private const int Remembered = 16;

    private static readonly Lock Gate = new();
    private static readonly LinkedList<(string Key, string Gbnf)> Recent = [];

    /// <summary>Gets the grammar; null when the text is free.</summary>
    /// <exception cref="ArgumentException">Two grammars are asked for, or one cannot be made.</exception>
    public static string? GrammarOf(CompletionOptions options)
    {
        if (options.Grammar is not null && options.JsonSchema is not null)
        {
            throw new ArgumentException($"{nameof(options.Grammar)} and {nameof(options.JsonSchema)} are both set; a completion follows one of them.", nameof(options));
        }
        return options.JsonSchema is { } schema ? Cached(schema, JsonSchemaGrammar.Convert) : options.Grammar;
    }

    private static string Cached(string key, Func<string, string> convert)
    {
        lock (Gate)
        {
            for (LinkedListNode<(string Key, string Gbnf)>? node = Recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Key == key)
                {
                    Recent.Remove(node);
                    Recent.AddFirst(node);
                    return node.Value.Gbnf;
                }
            }
        }
        string gbnf = convert(key);
        lock (Gate)
        {
            Recent.AddFirst((key, gbnf));
            if (Recent.Count > Remembered)
            {
                Recent.RemoveLast();
            }
        }
        return gbnf;
    }
}
