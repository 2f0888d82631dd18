using System.Text.Json;

namespace Minilm.Grammars;

/// <content>Objects and arrays.</content>
internal sealed partial class SchemaCompiler
{
    private string Object(JsonElement schema, string path)
    {
        bool lists = SchemaKeywords.Has(schema, "properties", JsonValueKind.Object, path, out JsonElement properties);
        List<(string Name, JsonElement Schema, string Path)> members = lists
            ? [.. properties.EnumerateObject().Select(property => (property.Name, property.Value, $"{path}/properties/{SchemaPointer.Escaped(property.Name)}"))]
            : [];
        HashSet<string> required = new(StringComparer.Ordinal);
        if (SchemaKeywords.Has(schema, "required", JsonValueKind.Array, path, out JsonElement names))
        {
            required.UnionWith(names.EnumerateArray().Select(name => name.ValueKind == JsonValueKind.String ? name.GetString()! : throw JsonSchemaException.At(path, "required", $"has {name.GetRawText()}; it must list names.")));
        }
        string? additional = null;
        bool states = schema.TryGetProperty("additionalProperties", out JsonElement others);
        if (states ? others.ValueKind != JsonValueKind.False : !lists)
        {
            additional = states ? Value(others, path + "/additionalProperties") : _json.Any;
        }
        foreach (string name in required.Where(name => !members.Exists(member => member.Name == name)))
        {
            if (states && others.ValueKind == JsonValueKind.False)
            {
                throw JsonSchemaException.At(path, "required", $"has '{name}', which 'properties' does not list and 'additionalProperties' forbids.");
            }
            members.Add((name, states ? others : SchemaPointer.AnyValue, path + "/additionalProperties"));
        }
        if (members.Count == 0)
        {
            return additional is null ? "\"{}\"" : _json.Object(_json.Member(_json.Key([]), additional), 0, null);
        }
        return Members([.. members.Select(member => (Member(member.Name, member.Schema, member.Path), required.Contains(member.Name)))],
            additional is null ? null : _json.Member(_json.Key(members.Select(member => member.Name)), additional));
    }

    private string Member(string name, JsonElement schema, string path) =>
        _json.Member(Gbnf.Literal(Gbnf.JsonString(name)), Value(schema, path));

    /// <summary>Members in their order; those that are not required may be left out. A comma comes before each but the first that is written.</summary>
    private string Members(IReadOnlyList<(string Symbol, bool Required)> members, string? additional)
    {
        string after = additional is null ? "" : grammar.Rule("next", $"{_json.Comma} {additional}") + "*"; // what may follow when one was written
        string? first = additional is null ? null : $"{additional} {after}"; // what may stand when none was
        for (int i = members.Count - 1; i >= 0; i--)
        {
            (string member, bool required) = members[i];
            if (!required && after.Contains(' ', StringComparison.Ordinal))
            {
                after = grammar.Rule("rest", after);
            }
            string here = GrammarBuilder.Join(member, after);
            first = required || first is null ? here : grammar.Rule("first", $"{here} | {first}");
            string next = $"{_json.Comma} {member}";
            after = GrammarBuilder.Join(required ? next : grammar.Rule("next", next) + "?", after);
        }
        bool canBeEmpty = !members.Any(member => member.Required);
        return grammar.Rule("object", $"\"{{\" {(canBeEmpty ? grammar.Rule("members", first!) + "?" : first)} \"}}\"");
    }

    private string Array(JsonElement schema, string path)
    {
        long least = SchemaKeywords.Count(schema, "minItems", path) ?? 0;
        long? most = SchemaKeywords.Count(schema, "maxItems", path);
        if (least > most)
        {
            throw JsonSchemaException.At(path, "minItems", $"is {least}, more than 'maxItems', {most}.");
        }
        string[] first = SchemaKeywords.Has(schema, "prefixItems", JsonValueKind.Array, path, out JsonElement prefix)
            ? [.. prefix.EnumerateArray().Take((int)(most ?? int.MaxValue)).Select((item, i) => Value(item, $"{path}/prefixItems/{i}"))]
            : [];
        bool states = schema.TryGetProperty("items", out JsonElement items);
        if (states && items.ValueKind == JsonValueKind.Array)
        {
            throw JsonSchemaException.At(path, "items", "is an array, as in old drafts. Write 'prefixItems'.");
        }
        bool ends = states ? items.ValueKind == JsonValueKind.False : first.Length > 0;
        if (ends && least > first.Length)
        {
            throw JsonSchemaException.At(path, "minItems", $"is {least}, but there are schemas for {first.Length} items only. State 'items'.");
        }
        if (first.Length == 0)
        {
            return ends || most == 0 ? "\"[]\"" : _json.Array(states ? Value(items, path + "/items") : _json.Any, least, most);
        }
        string listed = string.Join($" {_json.Comma} ", first);
        string further = ends || most == first.Length
            ? ""
            : grammar.Repeat(grammar.Rule("next", $"{_json.Comma} {Value(items, path + "/items")}"), Math.Max(least - first.Length, 0), most - first.Length);
        return grammar.Rule("array", $"\"[\" {GrammarBuilder.Join(listed, further)} \"]\"");
    }
}
