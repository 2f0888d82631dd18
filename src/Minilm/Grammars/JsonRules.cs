namespace Minilm.Grammars;

/// <summary>Rules of JSON itself. After a colon and a comma there may be one space, and nowhere else, so that a text comes to its end.</summary>
internal sealed class JsonRules(GrammarBuilder grammar)
{
    private const int LongestKey = 64;

    private string? _value;

    public string Comma => grammar.Rule("comma", "\",\" \" \"?");

    public string Colon => grammar.Rule("colon", "\":\" \" \"?");

    /// <summary>Gets one character of a string: as it is, or escaped. Escapes of surrogates are left out: half a pair is no character.</summary>
    public string Character
    {
        get
        {
            const string Hex = "[0-9a-fA-F]";
            string escape = grammar.Rule("escape", $"[\\x22\\x5C\\x2Fbfnrt] | \"u\" [0-9a-cA-CefEF] {Hex}{{3}} | \"u\" [dD] [0-7] {Hex}{{2}}");
            return grammar.Rule("char", $"{Gbnf.Class(Gbnf.RawCharacters)} | \"\\\\\" {escape}");
        }
    }

    public string Boolean => grammar.Rule("boolean", "\"true\" | \"false\"");

    public static string Null => "\"null\"";

    /// <summary>Gets any value.</summary>
    public string Any
    {
        get
        {
            if (_value is null)
            {
                _value = grammar.Reserve("value");
                string text = grammar.Rule("string", $"\"\\\"\" {Character}* \"\\\"\"");
                grammar.Define(_value, $"{AnyObject} | {AnyArray} | {text} | {NumberRules.Any(grammar)} | {Boolean} | {Null}");
            }
            return _value;
        }
    }

    public string AnyObject => Object(Member(Key([]), Any), 0, null);

    public string AnyArray => Array(Any, 0, null);

    public string Member(string key, string value) => grammar.Rule("member", $"{key} {Colon} {value}");

    /// <summary>An object of members that all look alike.</summary>
    public string Object(string member, long least, long? most) => Enclosed("object", "{", member, "}", least, most);

    /// <summary>An array of items that all look alike.</summary>
    public string Array(string item, long least, long? most) => Enclosed("array", "[", item, "]", least, most);

    /// <summary>A key of 1 to 64 characters, none of them escaped, that is none of those.</summary>
    public string Key(IEnumerable<string> except)
    {
        string character = grammar.Rule("raw", Gbnf.Class(Gbnf.RawCharacters));
        var names = new KeyTree();
        foreach (string name in except)
        {
            names.Add(name);
        }
        return grammar.Rule("key", $"\"\\\"\" {names.Others(grammar, character, LongestKey)} \"\\\"\"");
    }

    private string Enclosed(string hint, string open, string item, string close, long least, long? most)
    {
        if (most == 0)
        {
            return $"\"{open}{close}\"";
        }
        string next = grammar.Rule("next", $"{Comma} {item}");
        string items = GrammarBuilder.Join(item, grammar.Repeat(next, Math.Max(least - 1, 0), most - 1));
        if (least == 0)
        {
            items = grammar.Rule("items", items) + "?";
        }
        return grammar.Rule(hint, $"\"{open}\" {items} \"{close}\"");
    }
}
