using System.Text;

namespace Minilm.Grammars;

/// <summary>A tree of names, which can say in a grammar what is none of them.</summary>
internal sealed class KeyTree
{
    private readonly SortedDictionary<int, KeyTree> _next = [];
    private bool _isName;

    public void Add(string name)
    {
        KeyTree node = this;
        foreach (Rune rune in name.EnumerateRunes())
        {
            if (!node._next.TryGetValue(rune.Value, out KeyTree? next))
            {
                node._next.Add(rune.Value, next = new KeyTree());
            }
            node = next;
        }
        node._isName = true;
    }

    /// <summary>Texts of up to so many characters, and not empty, that are not in the tree.</summary>
    public string Others(GrammarBuilder grammar, string character, int longest) => Others(grammar, character, longest, atStart: true);

    private string Others(GrammarBuilder grammar, string character, int longest, bool atStart)
    {
        List<string> ways = [];
        if (longest > 0)
        {
            string others = Gbnf.Class(Gbnf.Except(Gbnf.RawCharacters, _next.Keys));
            ways.Add(GrammarBuilder.Join(others, grammar.Repeat(character, 0, longest - 1)));
            foreach ((int rune, KeyTree node) in _next)
            {
                if (Gbnf.RawCharacters.Any(range => rune >= range.First && rune <= range.Last))
                {
                    ways.Add($"{Gbnf.Literal(char.ConvertFromUtf32(rune))} {node.Others(grammar, character, longest - 1, atStart: false)}");
                }
            }
        }
        if (!_isName && !atStart)
        {
            ways.Add("\"\"");
        }
        return grammar.Rule("other", string.Join(" | ", ways));
    }
}
