using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Minilm.Dialog.Integration;

/// <summary>The strings for the settings of the model. Those that come from the card keep its escapes, so that nothing is changed by unescaping and escaping again.</summary>
internal sealed class CardText(ReadOnlyMemory<byte> json, JsonSyntaxNode root)
{
    private const int MaxDialogLines = 5;

    /// <summary>Gets the first lines of the dialogs, else the training data of the card's Markov chain, else lines made from the name.</summary>
    public IReadOnlyList<string> TrainingData()
    {
        List<string> lines = [.. DialogLines().Take(MaxDialogLines)];
        if (lines.Count == 0)
        {
            lines = [.. Strings(root.Find("dialogBackend")?.Find("backends")?.Find("markov_chain")?.Find("trainingData"))];
        }
        if (lines.Count == 0)
        {
            string name = Name();
            lines =
            [
                $"\"Hello, {name} here, and glad that you came.\"",
                "\"Tell me what you did today, I have time.\"",
                "\"I like it when we sit and talk about little things.\"",
                "\"Stay a while, the day is nicer with company.\"",
                $"\"Whatever you need, {name} will try to help.\"",
            ];
        }
        return lines;
    }

    /// <summary>Gets fallback lines for when neither the model nor the chain answers.</summary>
    public IReadOnlyList<string> FallbackPhrases()
    {
        string name = Name();
        return
        [
            $"\"Hm, {name} has to think about that for a moment.\"",
            "\"My words wandered off just now. Ask me once more?\"",
            $"\"{name} is listening, even without an answer ready.\"",
        ];
    }

    /// <summary>Quotes a string in the card's style: with everything beyond ASCII escaped if the card does so.</summary>
    public string Quote(string text)
    {
        string escaped = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text);
        if (!EscapesAll())
        {
            return $"\"{escaped}\"";
        }
        StringBuilder ascii = new("\"");
        foreach (char c in escaped)
        {
            ascii.Append(char.IsAscii(c) ? c : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"));
        }
        return ascii.Append('"').ToString();
    }

    /// <summary>Decodes a JSON literal; returns it unchanged when it is no valid string (a lone surrogate, a number).</summary>
    public static string Unescape(string literal)
    {
        if (!literal.StartsWith('"'))
        {
            return literal;
        }
        using JsonDocument document = JsonDocument.Parse(literal);
        try
        {
            return document.RootElement.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return literal;
        }
    }

    private IEnumerable<string> DialogLines()
    {
        IEnumerable<JsonSyntaxNode> dialogs = root.Find("dialogs")?.Items ?? [];
        if (root.Find("dialogConfig") is { } config)
        {
            dialogs = dialogs.Concat(config.Items).Append(config);
        }
        return dialogs.SelectMany(dialog => Strings(dialog.Find("responses")));
    }

    private IEnumerable<string> Strings(JsonSyntaxNode? list) =>
        (list?.Items ?? []).Where(item => item.Kind == JsonValueKind.String).Select(Literal).Where(text => !string.IsNullOrWhiteSpace(text[1..^1]));

    private string Name()
    {
        string name = Literal(root.Find("name")!)[1..^1];
        return string.IsNullOrWhiteSpace(name) ? "your companion" : name;
    }

    private string Literal(JsonSyntaxNode node) => Encoding.UTF8.GetString(json.Span[node.Start..node.End]);

    private bool EscapesAll() => Ascii.IsValid(json.Span) && HasEscapeBeyondAscii(json.Span);

    private static bool HasEscapeBeyondAscii(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i + 5 < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                if (text[i + 1] == 'u' && ushort.TryParse(text.Slice(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code) && code > 0x7F)
                {
                    return true;
                }
                i++; // the escaped character may itself be a backslash
            }
        }
        return false;
    }
}
