namespace Minilm;

/// <summary>A JSON schema cannot be followed: it is not valid, or it asks for what a grammar cannot say or this library does not support.</summary>
/// <param name="message">What was found where, and what to do.</param>
/// <param name="path">Where in the schema, as a JSON pointer such as <c>#/properties/age</c>.</param>
/// <param name="keyword">The keyword that is the problem; null when the schema as a whole is.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class JsonSchemaException(string message, string path, string? keyword, Exception? innerException = null)
    : ArgumentException(message, innerException)
{
    /// <summary>Gets where in the schema, as a JSON pointer such as <c>#/properties/age</c>.</summary>
    public string Path { get; } = path;

    /// <summary>Gets the keyword that is the problem; null when the schema as a whole is.</summary>
    public string? Keyword { get; } = keyword;

    internal static JsonSchemaException At(string path, string? keyword, string problem) => new(
        keyword is null ? $"JSON schema at {path}: {problem}" : $"JSON schema at {path}: '{keyword}' {problem}",
        path,
        keyword);
}
