namespace Minilm.Cli.Output;

/// <summary>What <c>embed --json</c> prints.</summary>
/// <param name="Embeddings">A vector for each text.</param>
/// <param name="Dimensions">The elements of a vector.</param>
/// <param name="Pooling">How the vectors of the tokens became one.</param>
/// <param name="Tokens">The tokens of all texts.</param>
internal sealed record EmbedResult(float[][] Embeddings, int Dimensions, string Pooling, int Tokens);

/// <summary>What <c>embed --pooling none --json</c> prints.</summary>
/// <param name="Embeddings">For each text, a vector for each of its tokens.</param>
/// <param name="Dimensions">The elements of a vector.</param>
/// <param name="Pooling">Always <c>none</c>.</param>
/// <param name="Tokens">The tokens of all texts.</param>
internal sealed record EmbedTokensResult(float[][][] Embeddings, int Dimensions, string Pooling, int Tokens);
