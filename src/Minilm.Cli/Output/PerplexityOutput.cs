namespace Minilm.Cli.Output;

/// <summary>What <c>perplexity --json</c> prints.</summary>
internal sealed record PerplexityOutput(double Perplexity, long Tokens, int Windows, int Ctx);
