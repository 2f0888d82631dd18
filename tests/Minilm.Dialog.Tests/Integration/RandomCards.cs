using FsCheck;
using FsCheck.Fluent;

namespace Minilm.Tests.Dialog.Integration;

/// <summary>JSON texts that are almost cards: any layout, spelling, order and type, duplicates included.</summary>
internal static class RandomCards
{
    private static readonly Gen<string> Space = Gen.Elements("", "", "", " ", "  ", "\n", "\r\n", "\t", "\n    ", "\r\n\t", " \n  ", "\r");

    private static readonly Gen<string> Scalar = Gen.Elements(
        "0", "-0", "1.0", "0.10", "1e2", "1E+2", "-12.50e-03", "123456789012345678901234567890", "true", "false", "null",
        "\"llm\"", "\"markov_chain\"", "\"simple_random\"", "\"\\u006clm\"", "\"\"", "\" \"", "\"é 😀 <&>\"", "\"\\uD83D\\ude00\\/\\n\\\"\\\\\"", "\"\\ud800\"", "\"{[,:]}\"");

    private static readonly Gen<string> Name = Gen.Elements(
        "name", "n\\u0061me", "description", "dialogs", "dialogConfig", "responses", "trigger", "dialogBackend", "enabled", "defaultBackend", "fallbackChain", "confidenceThreshold",
        "memoryEnabled", "learningEnabled", "backends", "llm", "modelPath", "markov_chain", "trainingData", "chainOrder", "animations", "é", "\\u00e9", "", "\\\"");

    /// <summary>Gets texts of which most have a name and a dialogBackend.</summary>
    public static Gen<string> Texts { get; } =
        from mark in Gen.Frequency((6, Gen.Constant("")), (1, Gen.Constant("\uFEFF")))
        from before in Space
        from root in Gen.Frequency((12, Card()), (1, Value(2)))
        from after in Space
        select mark + before + root + after;

    private static Gen<string> Card() =>
        from others in Gen.Resize(Gen.ListOf(Member(Name, 2)), 4)
        from name in Gen.Frequency((9, Member(Gen.Constant("name"), Gen.Elements("\"Fen\"", "\"\\u00c9 \\\"x\\\"\"", "\"\""))), (1, Member(Name, 1)))
        from dialogs in Gen.Frequency((4, Member(Gen.Constant("dialogs"), List(Object(List(Scalar), "responses")))), (1, Member(Name, 1)))
        from backend in Gen.Frequency((4, Member(Gen.Constant("dialogBackend"), Backend())), (1, Member(Name, 2)))
        from members in Gen.Shuffle([.. others, name, dialogs, backend])
        from text in Braced('{', members, '}')
        select text;

    private static Gen<string> Backend() =>
        from members in Gen.Resize(
            Gen.ListOf(Gen.Frequency(
                (3, Member(Name, 1)),
                (2, Member(Gen.Elements("defaultBackend", "enabled"), Scalar)),
                (2, Member(Gen.Constant("fallbackChain"), List(Scalar))),
                (2, Member(Gen.Constant("backends"), Object(Object(Scalar, "modelPath"), "llm"))))),
            6)
        from text in Braced('{', [.. members], '}')
        select text;

    private static Gen<string> Value(int depth) => depth == 0
        ? Scalar
        : Gen.Frequency((3, Scalar), (1, List(Value(depth - 1))), (2, Object(Value(depth - 1), "x")));

    private static Gen<string> List(Gen<string> item) =>
        from items in Gen.Resize(Gen.ListOf(item), 4)
        from text in Braced('[', [.. items], ']')
        select text;

    private static Gen<string> Object(Gen<string> value, string likelyName) =>
        from members in Gen.Resize(Gen.ListOf(Member(Gen.Frequency((1, Name), (2, Gen.Constant(likelyName))), value)), 3)
        from text in Braced('{', [.. members], '}')
        select text;

    private static Gen<string> Member(Gen<string> name, int depth) => Member(name, Value(depth));

    private static Gen<string> Member(Gen<string> name, Gen<string> value) =>
        from n in name
        from before in Space
        from after in Space
        from v in value
        select $"\"{n}\"{before}:{after}{v}";

    private static Gen<string> Braced(char open, string[] items, char close) =>
        from spaces in Gen.ArrayOf(Space, (2 * items.Length) + 1)
        select open + string.Join(",", items.Select((item, i) => spaces[2 * i] + item + spaces[(2 * i) + 1])) + (items.Length == 0 ? spaces[0] : "") + close;
}
