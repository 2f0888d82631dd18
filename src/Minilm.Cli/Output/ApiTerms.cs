using System.Text;

namespace Minilm.Cli.Output;

/// <summary>
/// What stands on the command line for names of the API. Messages of Minilm's libraries name options by member, since
/// that is what a host sets; a user of the command line knows options and commands.
/// </summary>
/// <param name="names">Options and commands by the name of the member or type that they stand for.</param>
internal sealed class ApiTerms(IReadOnlyDictionary<string, string> names)
{
    private static readonly Dictionary<string, string> Verbs = new(StringComparer.Ordinal) { ["set"] = "pass", ["Set"] = "Pass", ["configure"] = "pass", ["Configure"] = "Pass" };

    /// <summary>Gets the terms of a command line without a command.</summary>
    public static ApiTerms None { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Gets an exception's message for a user of the command line, without the name of a method's parameter.</summary>
    public string Describe(Exception exception)
    {
        string message = exception.Message;
        if (exception is ArgumentException { ParamName: { Length: > 0 } parameter })
        {
            int suffix = message.IndexOf($" (Parameter '{parameter}')", StringComparison.Ordinal);
            message = suffix < 0 ? message : message[..suffix];
        }
        return Translate(message);
    }

    /// <summary>Puts options and commands in the place of members and types: "set Truncate" becomes "pass --truncate". What is quoted stays.</summary>
    public string Translate(string message)
    {
        StringBuilder text = new(message.Length);
        (int Start, string Word)? verb = null;
        for (int at = 0; at < message.Length;)
        {
            int length = IsQuote(message, at) ? QuotedLength(message, at) : WordLength(message, at);
            string word = message.Substring(at, Math.Max(length, 1));
            at += word.Length;
            if (Verbs.ContainsKey(word))
            {
                verb = (text.Length, word);
            }
            else if (word is "," or "." or ";" or ":")
            {
                verb = null;
            }
            else if (names.TryGetValue(word, out string? term) && !IsPartOfName(message, at - word.Length, at))
            {
                text.Append(term);
                if (verb is { } before && term.StartsWith('-'))
                {
                    text.Remove(before.Start, before.Word.Length).Insert(before.Start, Verbs[before.Word]);
                    at += string.CompareOrdinal(message, at, " to ", 0, 4) == 0 ? " to".Length : 0; // "set X to 5", but "pass --x 5"
                    verb = null;
                }
                continue;
            }
            text.Append(word);
        }
        return text.ToString();
    }

    // An apostrophe within a word opens no quotation.
    private static bool IsQuote(string message, int at) => message[at] == '\'' && (at == 0 || !char.IsLetterOrDigit(message[at - 1]));

    private static int QuotedLength(string message, int at)
    {
        for (int end = message.IndexOf('\'', at + 1); end >= 0; end = message.IndexOf('\'', end + 1))
        {
            if (end + 1 == message.Length || !char.IsLetterOrDigit(message[end + 1]))
            {
                return end + 1 - at;
            }
        }
        return 1;
    }

    private static int WordLength(string message, int at)
    {
        int end = at;
        while (end < message.Length && (char.IsLetterOrDigit(message[end]) || message[end] == '_'))
        {
            end++;
        }
        return end - at;
    }

    // Such as in "EmbeddingPooling.Rank", "$.Threads" or a path.
    private static bool IsPartOfName(string message, int start, int end) =>
        (start > 0 && message[start - 1] is '.' or '/' or '\\' or '-') || (end + 1 < message.Length && message[end] is '.' or '/' or '\\' or '-' && char.IsLetterOrDigit(message[end + 1]));
}
