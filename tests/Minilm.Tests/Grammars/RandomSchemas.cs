using System.Text.Json.Nodes;

namespace Minilm.Tests.Grammars;

/// <summary>Random schemas of the supported subset, whose values are small.</summary>
internal sealed class RandomSchemas(int seed)
{
    private static readonly string[] Names = ["name", "n", "nam", "age", "größe", "a b", "kind", "x\"y", "tags"];
    private static readonly string[] Patterns = ["^[A-Z]{2}-\\d{2,4}$", "^(cat|dog|cow)s?$", "^\\w+\\.(com|net)$", "^a{1,3}b?c$", "^[^a-m\"]{1,5}$", "x\\dy", "^#", "z$", "^(?:[0-9a-f]{2}:){2}[0-9a-f]{2}$"];
    private static readonly string[] Formats = ["date", "time", "date-time", "uuid"];

    private readonly Random _random = new(seed);

    public string Next()
    {
        JsonObject schema = Schema(3);
        if (_random.Next(4) == 0)
        {
            schema = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["it"] = Ref(), ["again"] = Ref() },
                ["required"] = new JsonArray("it"),
                ["$defs"] = new JsonObject { ["d"] = schema },
            };
        }
        return schema.ToJsonString();
    }

    private static JsonObject Ref() => new() { ["$ref"] = "#/$defs/d" };

    private JsonObject Schema(int depth) => _random.Next(depth > 0 ? 12 : 7) switch
    {
        0 => new() { ["type"] = "boolean" },
        1 => new() { ["type"] = new JsonArray("null", _random.Next(2) == 0 ? "boolean" : "integer") },
        2 => Listed(),
        3 => Numeric("integer"),
        4 => Numeric("number"),
        5 => Text(),
        6 => new() { ["type"] = "string", ["maxLength"] = _random.Next(12) },
        7 or 8 or 9 => Object(depth - 1),
        10 => Array(depth - 1),
        _ => Either(depth - 1),
    };

    private JsonObject Listed() => _random.Next(3) switch
    {
        0 => new() { ["const"] = "it's \"so\"" },
        1 => new() { ["enum"] = new JsonArray("red", "green", 1, 2.5, null, true) },
        _ => new() { ["type"] = "string", ["enum"] = new JsonArray("left", "right", 7) },
    };

    private JsonObject Numeric(string type)
    {
        decimal Bound() => type == "integer" || _random.Next(2) == 0 ? _random.Next(-2000, 2000) : _random.Next(-20_000, 20_000) / 1000m;
        var schema = new JsonObject { ["type"] = type };
        decimal low = Bound();
        decimal high = low + _random.Next(2, _random.Next(2) == 0 ? 5 : 3000);
        if (_random.Next(4) > 0)
        {
            schema[_random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = low;
        }
        if (_random.Next(4) > 0)
        {
            schema[_random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = high;
        }
        return schema;
    }

    private JsonObject Text()
    {
        var schema = new JsonObject { ["type"] = "string" };
        switch (_random.Next(3))
        {
            case 0:
                schema["pattern"] = Patterns[_random.Next(Patterns.Length)];
                break;
            case 1:
                schema["format"] = Formats[_random.Next(Formats.Length)];
                break;
            default:
                int least = _random.Next(6);
                schema["minLength"] = least;
                schema["maxLength"] = least + _random.Next(8);
                break;
        }
        return schema;
    }

    private JsonObject Object(int depth)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (string name in _random.GetItems(Names, _random.Next(4)).Distinct())
        {
            properties[name] = Schema(depth);
            if (_random.Next(2) == 0)
            {
                required.Add(name);
            }
        }
        JsonNode? additional = _random.Next(3) switch { 0 => false, 1 => Numeric("integer"), _ => null };
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        if (additional is not null)
        {
            schema["additionalProperties"] = additional;
        }
        return schema;
    }

    private JsonObject Array(int depth)
    {
        int least = _random.Next(3);
        var schema = new JsonObject { ["type"] = "array", ["items"] = Schema(depth), ["minItems"] = least, ["maxItems"] = least + _random.Next(3) };
        if (_random.Next(3) == 0)
        {
            schema["prefixItems"] = new JsonArray(Schema(depth));
        }
        return schema;
    }

    private JsonObject Either(int depth) => _random.Next(3) switch
    {
        0 => new() { ["anyOf"] = new JsonArray(Schema(depth), Schema(depth)) },
        1 => new() { ["oneOf"] = new JsonArray(Numeric("integer"), Text(), Array(depth)) },
        _ => new() { ["allOf"] = new JsonArray(new JsonObject { ["type"] = "integer", ["minimum"] = _random.Next(50) }, new JsonObject { ["maximum"] = _random.Next(50, 5000) }) },
    };
}
