using System.Text.Json;
using Minilm.Abstractions;
using Minilm.Grammars;

namespace Minilm;

/// <summary>
/// Converts JSON schemas into GBNF grammars (https://json-schema.org, draft 2020-12) whose texts are valid JSON that the
/// schema accepts. A grammar may allow less than the schema does, never more, but for <c>oneOf</c>, whose alternatives are
/// taken to exclude each other, and for repeated keys of additional members.
/// </summary>
/// <remarks>
/// <para>Supported: <c>type</c>, <c>enum</c>, <c>const</c>, <c>properties</c>, <c>required</c>, <c>additionalProperties</c>,
/// <c>items</c>, <c>prefixItems</c>, <c>minItems</c>, <c>maxItems</c>, <c>minLength</c>, <c>maxLength</c>, <c>pattern</c>,
/// <c>format</c> (date, time, date-time, uuid), <c>minimum</c>, <c>maximum</c>, <c>exclusiveMinimum</c>,
/// <c>exclusiveMaximum</c>, <c>anyOf</c>, <c>oneOf</c>, <c>allOf</c> where schemas do not contradict each other, and
/// <c>$ref</c> within the document. <c>title</c>, <c>description</c>, <c>default</c>, <c>examples</c>, <c>$schema</c>,
/// <c>$id</c>, <c>$comment</c>, <c>deprecated</c>, <c>readOnly</c> and <c>writeOnly</c> are ignored. Any other keyword is an error.</para>
/// <para>Members are written in the order of <c>properties</c>; members that it does not list come only where
/// <c>additionalProperties</c> is stated and not false, or where there is no <c>properties</c> at all. Their keys have 1 to
/// 64 characters. All of <c>prefixItems</c> are written, and further items only under <c>items</c>. A schema with
/// keywords but no <c>type</c> is of the types that its keywords are about. There is at most one space after a colon or a
/// comma, and no other white space.</para>
/// <para>A <c>pattern</c> has literals, escapes (\d \w \s \D \W \S, which are ASCII, \n \r \t \f \xHH \uHHHH and escaped
/// punctuation), '.', classes, groups, alternation and * + ? {m} {m,} {m,n}; ^ and $ at its ends. An end without its anchor
/// allows up to 32 further characters.</para>
/// <para>Integers have up to 18 digits, numbers up to 9 digits after the point beyond those of their bounds. Lengths that are limited go up to 32,767 above their minimum.</para>
/// </remarks>
public static class JsonSchemaGrammar
{
    /// <summary>Converts a schema.</summary>
    /// <param name="jsonSchema">The schema, as JSON.</param>
    /// <returns>A grammar whose start rule is named <c>root</c>.</returns>
    /// <exception cref="JsonSchemaException">The schema is not valid, has a keyword that is not supported, or its grammar would be too large for libllama.</exception>
    public static string Convert(string jsonSchema)
    {
        ArgumentNullException.ThrowIfNull(jsonSchema);
        return Convert(() => StrictJson.Parse(jsonSchema));
    }

    /// <inheritdoc cref="Convert(string)"/>
    /// <param name="jsonSchema">The schema, as JSON in UTF-8.</param>
    public static string Convert(ReadOnlyMemory<byte> jsonSchema) => Convert(() => StrictJson.Parse(jsonSchema));

    /// <summary>Adds a schema to a grammar.</summary>
    /// <returns>The symbol of its values.</returns>
    /// <exception cref="JsonSchemaException">The schema cannot be followed.</exception>
    internal static string Add(GrammarBuilder grammar, string jsonSchema) => Add(grammar, () => StrictJson.Parse(jsonSchema));

    /// <exception cref="JsonSchemaException">The grammar would be too large for libllama.</exception>
    internal static string Build(GrammarBuilder grammar, string root)
    {
        string gbnf = grammar.Build(root);
        try
        {
            GrammarLimits.Require(gbnf, nameof(gbnf));
        }
        catch (ArgumentException problem)
        {
            throw new JsonSchemaException($"JSON schema at #: it is too large to be followed. {problem.Message}", "#", keyword: null, problem);
        }
        return gbnf;
    }

    private static string Convert(Func<JsonDocument> parse)
    {
        var grammar = new GrammarBuilder();
        return Build(grammar, Add(grammar, parse));
    }

    private static string Add(GrammarBuilder grammar, Func<JsonDocument> parse)
    {
        try
        {
            using JsonDocument document = parse();
            return new SchemaCompiler(grammar, document.RootElement).Compile();
        }
        catch (JsonException problem)
        {
            throw new JsonSchemaException($"The JSON schema is not valid JSON: {problem.Message}", "#", keyword: null, problem);
        }
        catch (InvalidOperationException problem)
        {
            // half a surrogate pair, escaped in a name or a value
            throw new JsonSchemaException($"JSON schema at #: it has a text that is not valid Unicode. {problem.Message}", "#", keyword: null, problem);
        }
    }
}
