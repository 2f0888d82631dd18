namespace Minilm.Chat;

/// <summary>The grammar that a call's options ask for, stated or converted. Conversions are remembered: hosts ask for the same few.</summary>
internal static class StructuredOutput
{
    private const int Remembered = 16;

    private static readonly Lock Gate = new();
    private static readonly LinkedList<(string Key, string Gbnf)> Recent = [];

    /// <summary>Gets the grammar; null when the text is free.</summary>
    /// <exception cref="ArgumentException">A schema cannot be followed.</exception>
    public static string? GrammarOf(CompletionOptions options)
    {
        bool calls = options.Tools.Count > 0 && (options.ToolChoice ?? ToolChoice.Auto).MayCall;
        return calls ? Cached(KeyOf(options), () => ToolGrammar.Convert(options.Tools, options.ToolChoice ?? ToolChoice.Auto))
            : options.JsonSchema is { } schema ? Cached(schema, () => JsonSchemaGrammar.Convert(schema))
            : options.Grammar;
    }

    /// <summary>Takes the calls out of a completion's text.</summary>
    public static Completion WithToolCalls(Completion completion, CompletionOptions options)
    {
        if (options.Tools.Count == 0 || options.ToolChoice is { MayCall: false })
        {
            return completion;
        }
        (string text, IReadOnlyList<ToolCall> calls) = ToolCallFormat.Parse(completion.Text);
        return calls.Count == 0 ? completion : completion with { Text = text, ToolCalls = calls };
    }

    private static string KeyOf(CompletionOptions options)
    {
        ToolChoice choice = options.ToolChoice ?? ToolChoice.Auto;
        return $"{choice.MustCall} {choice.Name}\n{string.Join('\n', options.Tools.Select(tool => $"{tool.Name}\0{tool.ParametersSchema}"))}";
    }

    private static string Cached(string key, Func<string> convert)
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
        string gbnf = convert();
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
