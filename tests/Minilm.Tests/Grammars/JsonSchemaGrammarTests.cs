using System.Text;
using System.Text.Json;

namespace Minilm.Tests.Grammars;

public sealed class JsonSchemaGrammarTests
{
    private LlamaModel _model = null!;

    [OneTimeSetUp]
    public void Load() => _model = TestModels.LoadTiny();

    [OneTimeTearDown]
    public void Free() => _model.Dispose();

    // What a schema accepts and refuses, asked of the library's own grammar: a text is accepted when its tokens are, and the end after them.
    [TestCase("""{"type":"boolean"} """, """ true|false """, """ True|1|"true"|tru """)]
    [TestCase("""{"type":"null"} """, """ null """, """ nul|0 """)]
    [TestCase("""{"type":["integer","null"]} """, """ null|7|-12|0 """, """ 1.5|007|-0|+1 """)]
    [TestCase("""{"type":"number"} """, """ 0|-1|2.5|1e9|1E+12|-0.001 """, """ .5|1.|01|1e|0x1 """)]
    [TestCase("""{"type":"integer","minimum":0,"maximum":120} """, """ 0|9|10|99|100|119|120 """, """ 121|130|200|999|-1|1.0 """)]
    [TestCase("""{"type":"integer","minimum":-15,"maximum":7} """, """ -15|-9|-1|0|7|-10 """, """ -16|8|-20|-99|10 """)]
    [TestCase("""{"type":"integer","exclusiveMinimum":9,"exclusiveMaximum":1001} """, """ 10|99|100|1000 """, """ 9|1001|2000 """)]
    [TestCase("""{"type":"integer","minimum":1234} """, """ 1234|1235|1999|2000|99999|123456789012345678 """, """ 1233|999|0|-5 """)]
    [TestCase("""{"type":"integer","minimum":0.5,"maximum":2.5} """, """ 1|2 """, """ 0|3 """)]
    [TestCase("""{"type":"number","minimum":0,"maximum":1} """, """ 0|1|0.5|1.0|0.000 """, """ 1.1|1.01|-0.1|2|1e0 """)]
    [TestCase("""{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1} """, """ 0.5|0.001|0.999|0.25 """, """ 0|1|0.0|1.0 """)]
    [TestCase("""{"type":"number","minimum":0.25,"maximum":1.75} """, """ 0.25|0.250|0.3|1|1.75|1.5|0.9 """, """ 0.2|0.24|0|1.8|1.751|2 """)]
    [TestCase("""{"type":"number","minimum":-2.5,"maximum":-0.5} """, """ -2.5|-0.5|-1|-2.25 """, """ -2.6|-0.4|0|1|-3|-0 """)]
    [TestCase("""{"type":"number","minimum":100} """, """ 100|100.5|12345.678 """, """ 99|99.9|-100 """)]
    [TestCase("""{"type":"number","exclusiveMaximum":-7} """, """ -7.1|-8|-100.25 """, """ -7|-6.9|7|-7.0 """)]
    [TestCase("""{"type":"string"} """, """ ""|"a b"|"say \"hi\""|"\u00e9"|"\n"|"C:\\dir"  """, """ 'a'|"a|a"|"\x"|"\ud800"  """)]
    [TestCase("""{"type":"string","minLength":2,"maxLength":3} """, """ "ab"|"abc"|"a\n"|"\u0041\u0042"  """, """ "a"|"abcd"|""  """)]
    [TestCase("""{"type":"string","maxLength":0} """, """ ""  """, """ "a"  """)]
    [TestCase("""{"enum":["red","a \"b\"",1,null,{"x":[1,2]}]} """, """ "red"|"a \"b\""|1|null|{"x":[1,2]} """, """ "blue"|2 """)]
    [TestCase("""{"type":"string","enum":["red",1,null]} """, """ "red"  """, """ 1|null """)]
    [TestCase("""{"const":{"ok":true}} """, """ {"ok":true} """, """ {"ok":false} """)]
    [TestCase("""{"type":"array","items":{"type":"integer"}} """, """ []|[1]|[1,2]|[1, 2, 3] """, """ [1,]|[1 ,2]|[,]|["a"]|[1,  2] """)]
    [TestCase("""{"type":"array","items":{"const":1},"minItems":2,"maxItems":3} """, """ [1,1]|[1,1,1] """, """ []|[1]|[1,1,1,1] """)]
    [TestCase("""{"type":"array","maxItems":0} """, """ [] """, """ [1] """)]
    [TestCase("""{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}]} """, """ ["a",1] """, """ ["a"]|[1,"a"]|["a",1,2] """)]
    [TestCase("""{"type":"array","prefixItems":[{"const":1}],"items":{"const":2},"minItems":2,"maxItems":3} """, """ [1,2]|[1,2,2] """, """ [1]|[1,1]|[1,2,2,2] """)]
    [TestCase("""{"type":"object"} """, """ {}|{"a":1}|{"a":[{"b":null}],"c":"d"} """, """ []|{"a"}|{a:1} """)]
    [TestCase("""{"type":"object","properties":{"a":{"const":1},"b":{"const":2},"c":{"const":3}},"required":["b"]} """, """ {"b":2}|{"a":1,"b":2}|{"b":2,"c":3}|{"a": 1, "b": 2, "c": 3} """, """ {}|{"a":1}|{"b":2,"a":1}|{"b":2,}|{,"b":2}|{"b":2,"d":1} """)]
    [TestCase("""{"type":"object","properties":{"a":{"const":1},"b":{"const":2},"c":{"const":3}}} """, """ {}|{"a":1}|{"b":2}|{"c":3}|{"a":1,"c":3}|{"b":2,"c":3}|{"a":1,"b":2,"c":3} """, """ {"c":3,"a":1}|{"a":1 }|{"a":1,"a":1} """)]
    [TestCase("""{"type":"object","properties":{}} """, """ {} """, """ {"a":1} """)]
    [TestCase("""{"properties":{"ab":{"const":1}},"additionalProperties":{"const":2}} """, """ {}|{"ab":1}|{"ab":1,"x":2}|{"a":2}|{"abc":2,"b":2} """, """ {"ab":2}|{"ab":1,"ab":2}|{"x":1}|{"":2} """)]
    [TestCase("""{"type":"object","required":["k"],"additionalProperties":{"const":2}} """, """ {"k":2}|{"k":2,"x":2} """, """ {}|{"x":2} """)]
    [TestCase("""{"anyOf":[{"type":"integer"},{"type":"boolean"}]} """, """ 1|true """, """ "a"|null """)]
    [TestCase("""{"type":"object","properties":{"n":{"const":1}},"oneOf":[{"properties":{"k":{"const":"a"}},"required":["k"]},{"properties":{"k":{"const":"b"}},"required":["k"]}]} """, """ {"n":1,"k":"a"}|{"k":"b"} """, """ {"n":1}|{"k":"c"} """)]
    [TestCase("""{"allOf":[{"type":"integer","minimum":3},{"maximum":9},{"minimum":5}]} """, """ 5|9 """, """ 4|10|3 """)]
    [TestCase("""{"allOf":[{"$ref":"#/$defs/n"},{"properties":{"b":{"const":2}},"required":["b"]}],"$defs":{"n":{"type":"object","properties":{"a":{"const":1}},"required":["a"]}}} """, """ {"a":1,"b":2} """, """ {"a":1}|{"b":2} """)]
    [TestCase("""{"$ref":"#/definitions/t","definitions":{"t":{"type":"object","properties":{"v":{"const":1},"next":{"$ref":"#/definitions/t"}},"required":["v"]}}} """, """ {"v":1}|{"v":1,"next":{"v":1,"next":{"v":1}}} """, """ {"next":{"v":1}} """)]
    [TestCase("""{"type":"array","items":{"anyOf":[{"const":1},{"$ref":"#"}]}} """, """ []|[1,[1,[]]] """, """ [2]|[1 """)]
    [TestCase("""{"type":"string","pattern":"^[A-Z]{2}-\\d{3,4}$"} """, """ "AB-123"|"XY-0000"  """, """ "A-123"|"AB-12"|"AB-12345"|"ab-123"  """)]
    [TestCase("""{"type":"string","pattern":"^(cat|dog)s?$"} """, """ "cat"|"dogs"  """, """ "cow"|"cats!"|""  """)]
    [TestCase("""{"type":"string","pattern":"^a|b$"} """, """ "a"|"axyz"|"b"|"xyzb"  """, """ "xay"|"bx"  """)]
    [TestCase("""{"type":"string","pattern":"o\\.o"} """, """ "o.o"|"foo.oh"  """, """ "oxo"|"o"  """)]
    [TestCase("""{"type":"string","pattern":"^[^a-c\\]]+[\\\"\\\\]$"} """, """ "xyz\""|"d\\"  """, """ "a\""|"x"|"]\""  """)]
    [TestCase("""{"type":"string","format":"date"} """, """ "2024-02-28"|"1999-12-31"  """, """ "2024-02-30"|"2024-13-01"|"2024-1-1"|"2023-04-31"  """)]
    [TestCase("""{"type":"string","format":"date-time"} """, """ "2024-02-28T23:59:59Z"|"2024-02-28T00:00:00.125+02:00"  """, """ "2024-02-28"|"2024-02-28T24:00:00Z"  """)]
    [TestCase("""{"type":"string","format":"uuid"} """, """ "123e4567-e89b-12d3-a456-426614174000"  """, """ "123e4567"  """)]
    [TestCase("""true """, """ 1|"a"|{"a":[null]}|[] """, """ nope """)]
    [TestCase("""{"title":"T","description":"D","default":1,"examples":[1],"$comment":"c","type":"integer"} """, """ 1 """, """ "a"  """)]
    public void Convert_allows_what_the_schema_says_and_nothing_else(string schema, string allowed, string refused)
    {
        string gbnf = JsonSchemaGrammar.Convert(schema);

        Assert.Multiple(() =>
        {
            foreach (string text in allowed.Split('|'))
            {
                Assert.That(Allows(gbnf, text.Trim()), Is.True, $"{text} should be allowed:\n{gbnf}");
                Assert.That(JsonJudge.Problem(Judged(schema), text.Trim()), Is.Null, text);
            }
            foreach (string text in refused.Split('|'))
            {
                Assert.That(Allows(gbnf, text.Trim()), Is.False, $"{text} should be refused:\n{gbnf}");
            }
        });
    }

    [TestCase("""{"multipleOf":3}""", "multipleOf", "#")]
    [TestCase("""{"properties":{"a":{"items":{"uniqueItems":true}}}}""", "uniqueItems", "#/properties/a/items")]
    [TestCase("""{"properties":{"a/b":{"not":{}}}}""", "not", "#/properties/a~1b")]
    [TestCase("""{"anyOf":[{},{"patternProperties":{}}]}""", "patternProperties", "#/anyOf/1")]
    [TestCase("""{"if":{}}""", "if", "#")]
    [TestCase("""{"type":"thing"}""", "type", "#")]
    [TestCase("""{"type":[]}""", "type", "#")]
    [TestCase("""{"type":"string","format":"email"}""", "format", "#")]
    [TestCase("""{"type":"string","minLength":3,"maxLength":2}""", "minLength", "#")]
    [TestCase("""{"type":"string","minLength":-1}""", "minLength", "#")]
    [TestCase("""{"type":"string","pattern":"^a$","maxLength":5}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"(?=a)"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"(a*)*"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"a\\b"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"(a"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"a)"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"[a"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"a{3,2}"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"a{"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"\\"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"a*?"}""", "pattern", "#")]
    [TestCase("""{"type":"string","pattern":"[]"}""", "pattern", "#")]
    [TestCase("""{"type":"integer","minimum":5,"maximum":4}""", "minimum", "#")]
    [TestCase("""{"type":"integer","minimum":0.2,"maximum":0.8}""", "minimum", "#")]
    [TestCase("""{"type":"number","minimum":1,"exclusiveMaximum":1}""", "minimum", "#")]
    [TestCase("""{"type":"number","minimum":1e30}""", "minimum", "#")]
    [TestCase("""{"type":"array","minItems":3,"maxItems":2}""", "minItems", "#")]
    [TestCase("""{"type":"array","prefixItems":[{}],"minItems":2}""", "minItems", "#")]
    [TestCase("""{"type":"array","items":[{}]}""", "items", "#")]
    [TestCase("""{"properties":{},"required":["a"],"additionalProperties":false}""", "required", "#")]
    [TestCase("""{"enum":[]}""", "enum", "#")]
    [TestCase("""{"type":"string","enum":[1]}""", "enum", "#")]
    [TestCase("""{"enum":["abc"],"minLength":2}""", "minLength", "#")]
    [TestCase("""{"anyOf":[]}""", "anyOf", "#")]
    [TestCase("""{"$ref":"#"}""", "$ref", "#")]
    [TestCase("""{"$ref":"#/$defs/no"}""", "$ref", "#")]
    [TestCase("""{"$ref":"https://example.org/s.json"}""", "$ref", "#")]
    [TestCase("""{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/b"}]},"b":{"$ref":"#/$defs/a"}}}""", "$ref", "#/$defs/b")]
    [TestCase("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a","type":"object"}}}""", "$ref", "#/$defs/a")]
    [TestCase("""{"allOf":[{"type":"string"},{"type":"integer"}]}""", "type", "#")]
    [TestCase("""{"allOf":[{"properties":{"a":{"type":"string"}}},{"properties":{"a":{"type":"integer"}}}]}""", "properties", "#")]
    [TestCase("""{"allOf":[{"properties":{"a":{}},"additionalProperties":false},{"properties":{"b":{}}}]}""", "additionalProperties", "#")]
    public void Convert_names_the_keyword_that_it_cannot_follow_and_where_it_is(string schema, string keyword, string path)
    {
        JsonSchemaException problem = Assert.Throws<JsonSchemaException>(() => JsonSchemaGrammar.Convert(schema))!;

        Assert.Multiple(() =>
        {
            Assert.That(problem.Keyword, Is.EqualTo(keyword));
            Assert.That(problem.Path, Is.EqualTo(path));
            Assert.That(problem.Message, Does.Contain($"'{keyword}'").And.Contains(path));
        });
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("3")]
    [TestCase("false")]
    [TestCase("""{"type":"integer","type":"string"}""")]
    [TestCase("""{"const":"\ud800"}""")]
    [TestCase("""{"properties":{"\udc00":{}}}""")]
    public void Convert_refuses_what_is_no_schema(string schema) =>
        Assert.That(() => JsonSchemaGrammar.Convert(schema), Throws.TypeOf<JsonSchemaException>());

    [TestCase("""{"type":"string","maxLength":10000}""", 10_000)]
    [TestCase("""{"type":"string","minLength":3000}""", 3_000)]
    [TestCase("""{"type":"string","maxLength":2147483647}""", 2_000)]
    public void Convert_keeps_large_counts_small(string schema, int length)
    {
        string gbnf = JsonSchemaGrammar.Convert(schema);

        Assert.That(gbnf, Has.Length.LessThan(8_000));
        Assert.That(Allows(gbnf, $"\"{new string('x', length)}\""), Is.True);
    }

    [TestCase(10_000, 10_000, 9_999)]
    [TestCase(0, 129, 130)]
    [TestCase(65, 200, 64)]
    [TestCase(65, 200, 201)]
    public void Convert_keeps_to_large_counts(int least, int most, int wrong)
    {
        string gbnf = JsonSchemaGrammar.Convert($$"""{"type":"array","items":{"const":1},"minItems":{{least}},"maxItems":{{most}}}""");

        Assert.Multiple(() =>
        {
            Assert.That(Allows(gbnf, Ones(most)), Is.True);
            Assert.That(Allows(gbnf, Ones(least)), Is.True);
            Assert.That(Allows(gbnf, Ones((least + most) / 2)), Is.True);
            Assert.That(Allows(gbnf, Ones(wrong)), Is.False);
        });
    }

    [Test]
    public void Convert_says_when_a_grammar_would_be_too_large()
    {
        string names = string.Join(',', Enumerable.Range(0, 5000).Select(i => $$"""
            "a rather long name of a property, number {{i}}":{"type":"integer"}
            """));

        Assert.That(() => JsonSchemaGrammar.Convert("""{"properties":{""" + names + "}}"), Throws.TypeOf<JsonSchemaException>().With.Message.Contains("too large"));
    }

    [TestCase("anyOf")]
    [TestCase("allOf")]
    public void Convert_gives_up_on_a_schema_that_doubles_with_each_reference(string keyword)
    {
        string parts = string.Join(',', Enumerable.Range(0, 60).Select(i => $$$"""
            "d{{{i}}}":{"type":"integer","{{{keyword}}}":[{"$ref":"#/$defs/d{{{i + 1}}}"},{"$ref":"#/$defs/d{{{i + 1}}}"}]}
            """));

        Assert.That(() => JsonSchemaGrammar.Convert("{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + parts + ",\"d60\":{\"type\":\"integer\"}}}"), Throws.TypeOf<JsonSchemaException>().With.Message.Contains("too large"));
    }

    [Test]
    public void Convert_reads_bytes_as_it_reads_text()
    {
        const string Schema = """{"type":"object","properties":{"größe":{"type":"integer"}},"required":["größe"]}""";

        Assert.That(JsonSchemaGrammar.Convert(Encoding.UTF8.GetBytes(Schema)), Is.EqualTo(JsonSchemaGrammar.Convert(Schema)));
        Assert.That(Allows(JsonSchemaGrammar.Convert(Schema), """{"größe":1}"""), Is.True);
    }

    private static string Ones(int count) => $"[{string.Join(',', Enumerable.Repeat('1', count))}]";

    // The judge knows validation only.
    private static string Judged(string schema) =>
        schema.Contains("$comment", StringComparison.Ordinal) ? """{"type":"integer"}""" : schema.Replace("definitions", "$defs", StringComparison.Ordinal);

    private bool Allows(string gbnf, string text)
    {
        using LlamaSampler sampler = new LlamaSampler(_model.Vocab).AddGrammar(gbnf);
        try
        {
            // A character at a time: a tokenizer of words would put a space before the first.
            foreach (byte value in Encoding.UTF8.GetBytes(text))
            {
                sampler.Accept(3 + value); // the tiny vocabulary's byte tokens
            }
            sampler.Accept(_model.Vocab.EndOfText!.Value);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
