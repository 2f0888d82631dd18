namespace Minilm.Grammars;

/// <summary>Rules for the formats of strings that a grammar can say completely.</summary>
internal static class StringRules
{
    public const string FormatNames = "date, time, date-time, uuid";

    /// <summary>A rule for the content of a string; null for a format that is not supported. Times follow RFC 3339, with years from 1000 to 2999 and without leap days and seconds, and offsets within 14 hours.</summary>
    public static string? Format(GrammarBuilder grammar, string format) => format switch
    {
        "date" => Date(grammar),
        "time" => Time(grammar),
        "date-time" => grammar.Rule("datetime", $"{Date(grammar)} \"T\" {Time(grammar)}"),
        "uuid" => grammar.Rule("uuid", "[0-9a-f]{8} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{4} \"-\" [0-9a-f]{12}"),
        _ => null,
    };

    private static string Date(GrammarBuilder grammar)
    {
        const string To28 = "\"0\" [1-9] | \"1\" [0-9] | \"2\" [0-8]";
        string to28 = grammar.Rule("day", To28);
        string to30 = grammar.Rule("day", $"{To28} | \"29\" | \"30\"");
        string to31 = grammar.Rule("day", $"{To28} | \"29\" | \"30\" | \"31\"");
        string month = grammar.Rule("month", "\"0\" [13578] | \"1\" [02]");
        string shortMonth = grammar.Rule("month", "\"0\" [469] | \"11\"");
        string monthAndDay = grammar.Rule("monthday", $"\"02-\" {to28} | {shortMonth} \"-\" {to30} | {month} \"-\" {to31}");
        return grammar.Rule("date", $"[12] [0-9]{{3}} \"-\" {monthAndDay}");
    }

    private static string Time(GrammarBuilder grammar)
    {
        string hour = grammar.Rule("hour", "[01] [0-9] | \"2\" [0-3]");
        string offset = grammar.Rule("offset", "\"Z\" | [\\x2B\\x2D] ( \"0\" [0-9] | \"1\" [0-3] ) \":\" [0-5] [0-9]");
        string fraction = grammar.Rule("seconds", "\".\" [0-9]{1,6}");
        return grammar.Rule("time", $"{hour} \":\" [0-5] [0-9] \":\" [0-5] [0-9] {fraction}? {offset}");
    }
}
