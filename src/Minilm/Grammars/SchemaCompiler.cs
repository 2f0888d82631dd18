using System.Text.Json;

namespace Minilm.Grammars;

/// <summary>Turns the schemas of one document into rules. Each method gives one symbol.</summary>
internal sealed partial class SchemaCompiler(GrammarBuilder grammar, JsonElement document)
{
    private const int MaxDepth = 128;
    private const int MaxVisits = 20_000; // alternatives of alternatives of references double with each level

    private readonly JsonRules _json = new(grammar);
    private readonly Dictionary<string, string> _references = new(StringComparer.Ordinal);
    private HashSet<string> _open = new(StringComparer.Ordinal); // references that were followed since the last '{' or '['
    private int _depth;
    private int _visits;

    /// <exception cref="JsonSchemaException">The schema cannot be followed.</exception>
    public string Compile() => Value(document, "#");

    private string Value(JsonElement schema, string path)
    {
        Visit(path);
        if (++_depth > MaxDepth)
        {
            throw JsonSchemaException.At(path, null, $"schemas nest more than {MaxDepth} deep.");
        }
        string symbol = schema.ValueKind switch
        {
            JsonValueKind.True => _json.Any,
            JsonValueKind.False => throw JsonSchemaException.At(path, null, "no value is valid here."),
            JsonValueKind.Object => Keywords(schema, path),
            _ => throw JsonSchemaException.At(path, null, $"is {schema.ValueKind}; a schema is an object, true or false."),
        };
        _depth--;
        return symbol;
    }

    private void Visit(string path)
    {
        if (++_visits > MaxVisits)
        {
            throw JsonSchemaException.At(path, null, $"the schema is too large to be followed: written out, it has more than {MaxVisits} parts.");
        }
    }

    private string Keywords(JsonElement schema, string path)
    {
        SchemaKeywords.Require(schema, path);
        if (schema.TryGetProperty("$ref", out _) && CountAssertions(schema) == 1)
        {
            return Reference(schema, path);
        }
        if (schema.TryGetProperty("$ref", out _) || schema.TryGetProperty("allOf", out _))
        {
            return Value(SchemaMerge.Merge(Parts(schema, path, 0), path), path);
        }
        if (schema.TryGetProperty("enum", out _) || schema.TryGetProperty("const", out _))
        {
            return Listed(schema, path);
        }
        foreach (string keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (SchemaKeywords.Has(schema, keyword, JsonValueKind.Array, path, out JsonElement alternatives))
            {
                return Alternatives(schema, keyword, alternatives, path);
            }
        }
        return CountAssertions(schema) == 0 ? _json.Any : Typed(schema, path);
    }

    private string Reference(JsonElement schema, string path)
    {
        string pointer = SchemaKeywords.Text(schema, "$ref", path)!;
        if (_open.Contains(pointer))
        {
            throw JsonSchemaException.At(path, "$ref", $"leads to '{pointer}' again without an object or an array between.");
        }
        if (!_references.TryGetValue(pointer, out string? name))
        {
            JsonElement target = SchemaPointer.Resolve(document, pointer, path);
            name = grammar.Reserve("ref");
            _references.Add(pointer, name);
            _open.Add(pointer);
            grammar.Define(name, Value(target, pointer));
            _open.Remove(pointer);
        }
        return name;
    }

    /// <summary>Collects what holds together: the schema without its $ref and allOf, and those, likewise.</summary>
    private List<JsonElement> Parts(JsonElement schema, string path, int depth)
    {
        Visit(path);
        if (depth > MaxDepth)
        {
            throw JsonSchemaException.At(path, "$ref", "leads in a circle.");
        }
        if (schema.ValueKind == JsonValueKind.True)
        {
            return [];
        }
        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw JsonSchemaException.At(path, null, $"is {schema.ValueKind}; schemas that hold together are objects.");
        }
        SchemaKeywords.Require(schema, path);
        List<JsonElement> parts = [SchemaPointer.Without(schema, "$ref", "allOf")];
        if (SchemaKeywords.Text(schema, "$ref", path) is { } pointer)
        {
            parts.AddRange(Parts(SchemaPointer.Resolve(document, pointer, path), pointer, depth + 1));
        }
        if (SchemaKeywords.Has(schema, "allOf", JsonValueKind.Array, path, out JsonElement all))
        {
            parts.AddRange(all.EnumerateArray().SelectMany((part, i) => Parts(part, $"{path}/allOf/{i}", depth + 1)));
        }
        return parts;
    }

    private string Listed(JsonElement schema, string path)
    {
        string keyword = schema.TryGetProperty("const", out JsonElement constant) ? "const" : "enum";
        if (schema.EnumerateObject().FirstOrDefault(other => other.Name != keyword && other.Name != "type" && !SchemaKeywords.IsAnnotation(other.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } beside)
        {
            throw JsonSchemaException.At(path, beside.Name, $"beside '{keyword}' is not supported. List only the values that are valid.");
        }
        IEnumerable<JsonElement> values = keyword == "const" ? [constant]
            : SchemaKeywords.Has(schema, "enum", JsonValueKind.Array, path, out JsonElement list) ? list.EnumerateArray()
            : [];
        string[]? types = SchemaTypes.Stated(schema, path);
        string[] texts = [.. values.Where(value => types is null || types.Contains(SchemaTypes.Of(value), StringComparer.Ordinal) || (SchemaTypes.Of(value) == "integer" && types.Contains("number", StringComparer.Ordinal))).Select(value => Gbnf.Literal(SchemaPointer.Minified(value)))];
        return texts.Length > 0 ? grammar.Choice("listed", texts) : throw JsonSchemaException.At(path, keyword, "lists no value that is valid.");
    }

    private string Alternatives(JsonElement schema, string keyword, JsonElement alternatives, string path)
    {
        JsonElement rest = SchemaPointer.Without(schema, keyword);
        List<string> ways = [];
        foreach ((int i, JsonElement alternative) in alternatives.EnumerateArray().Index())
        {
            string place = $"{path}/{keyword}/{i}";
            JsonElement whole = CountAssertions(rest) == 0 ? alternative : SchemaMerge.Merge([rest, .. Parts(alternative, place, 0)], place);
            ways.Add(Value(whole, place));
        }
        return ways.Count > 0 ? grammar.Choice("either", ways) : throw JsonSchemaException.At(path, keyword, "is empty; nothing would be valid.");
    }

    private string Typed(JsonElement schema, string path)
    {
        string[] types = SchemaTypes.Stated(schema, path) ?? SchemaTypes.Implied(schema);
        List<string> ways = [];
        foreach (string type in types)
        {
            ways.Add(type switch
            {
                "object" => Inside(schema, path, Object),
                "array" => Inside(schema, path, Array),
                "string" => String(schema, path),
                "integer" => Integer(schema, path),
                "number" => Number(schema, path),
                "boolean" => _json.Boolean,
                _ => JsonRules.Null,
            });
        }
        return grammar.Choice("either", ways);
    }

    private string Inside(JsonElement schema, string path, Func<JsonElement, string, string> compile)
    {
        HashSet<string> before = _open;
        _open = new HashSet<string>(StringComparer.Ordinal);
        string symbol = compile(schema, path);
        _open = before;
        return symbol;
    }

    private string String(JsonElement schema, string path)
    {
        string? pattern = SchemaKeywords.Text(schema, "pattern", path);
        string? format = SchemaKeywords.Text(schema, "format", path);
        long? least = SchemaKeywords.Count(schema, "minLength", path);
        long? most = SchemaKeywords.Count(schema, "maxLength", path);
        if (least > most)
        {
            throw JsonSchemaException.At(path, "minLength", $"is {least}, more than 'maxLength', {most}.");
        }
        if ((pattern ?? format) is not null)
        {
            string keyword = pattern is null ? "format" : "pattern";
            if (least is not null || most is not null || (pattern is not null && format is not null))
            {
                throw JsonSchemaException.At(path, keyword, "beside another limit of the same string is not supported. State the length in the pattern: ^[a-z]{2,5}$.");
            }
            string content = pattern is null
                ? StringRules.Format(grammar, format!) ?? throw JsonSchemaException.At(path, "format", $"is '{format}', which is not supported; {StringRules.FormatNames} are.")
                : PatternRules.Write(grammar, _json.Character, pattern, path);
            return grammar.Rule("string", $"\"\\\"\" {content} \"\\\"\"");
        }
        return grammar.Rule("string", GrammarBuilder.Join(GrammarBuilder.Join("\"\\\"\"", grammar.Repeat(_json.Character, least ?? 0, most)), "\"\\\"\""));
    }

    private string Integer(JsonElement schema, string path)
    {
        NumberBounds bounds = SchemaTypes.Bounds(schema, path);
        decimal least = bounds.Least is { } low ? decimal.Ceiling(low) + (bounds.LeastExcluded && decimal.IsInteger(low) ? 1 : 0) : -NumberRules.Limit;
        decimal most = bounds.Most is { } high ? decimal.Floor(high) - (bounds.MostExcluded && decimal.IsInteger(high) ? 1 : 0) : NumberRules.Limit;
        return least <= most && most >= -NumberRules.Limit && least <= NumberRules.Limit
            ? NumberRules.Integer(grammar, (long)least, (long)most)
            : throw JsonSchemaException.At(path, "minimum", "and the other bounds leave no integer.");
    }

    private string Number(JsonElement schema, string path)
    {
        NumberBounds bounds = SchemaTypes.Bounds(schema, path);
        return bounds.AreOpen ? NumberRules.Any(grammar)
            : (bounds.AreEmpty ? null : NumberRules.Number(grammar, bounds)) ?? throw JsonSchemaException.At(path, "minimum", "and the other bounds leave no number.");
    }

    private static int CountAssertions(JsonElement schema) => schema.EnumerateObject().Count(property => !SchemaKeywords.IsAnnotation(property.Name));
}
