namespace Minilm;

/// <summary>Puts tensors into a kind of memory that is not the one of their layer.</summary>
/// <param name="Pattern">A regular expression (ECMAScript) that is searched for in the names of tensors, such as <c>ffn_(up|down)</c>.</param>
/// <param name="BufferType">The name of the memory, such as <c>CPU</c>; an unknown one is an error that names the known ones.</param>
public sealed record TensorBufferOverride(string Pattern, string BufferType)
{
    internal string? FindProblem()
    {
        if (string.IsNullOrEmpty(Pattern) || Pattern.Contains('\0', StringComparison.Ordinal))
        {
            return "has a pattern that is empty or has a zero character";
        }
        if (string.IsNullOrEmpty(BufferType) || BufferType.Contains('\0', StringComparison.Ordinal))
        {
            return $"has no name of a buffer type for the pattern '{Pattern}'";
        }
        try
        {
            _ = new System.Text.RegularExpressions.Regex(Pattern, System.Text.RegularExpressions.RegexOptions.ECMAScript, TimeSpan.FromSeconds(1)); // never matched
            return null;
        }
        catch (ArgumentException e)
        {
            return $"has the pattern '{Pattern}', which is not a regular expression: {e.Message}";
        }
    }
}
