namespace Minilm;

/// <summary>What a text's tokens became.</summary>
/// <param name="Vectors">float[n_embd] each: one for the text, or one for each token where nothing is pooled.</param>
/// <param name="TokenCount">The tokens that were computed, those that the model wants around a text included.</param>
/// <param name="IsTruncated">Whether the end of the text was left out.</param>
public sealed record TextEmbedding(IReadOnlyList<float[]> Vectors, int TokenCount, bool IsTruncated)
{
    /// <summary>Gets the one vector of the text, float[n_embd].</summary>
    /// <exception cref="InvalidOperationException">Nothing was pooled, and there is one for each of several tokens.</exception>
    public float[] Vector => Vectors.Count == 1
        ? Vectors[0]
        : throw new InvalidOperationException($"There are {Vectors.Count} vectors, one for each token: look at {nameof(Vectors)}, or pool them.");

    /// <summary>Computes the cosine of the angle between two vectors: 1 for the same direction, 0 where one is all zeros.</summary>
    /// <param name="x">A vector.</param>
    /// <param name="y">A vector of the same length.</param>
    /// <returns>−1 to 1.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static float CosineSimilarity(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"The vectors have {x.Length} and {y.Length} elements; they must have as many.", nameof(y));
        }
        double product = 0, squaresOfX = 0, squaresOfY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            product += (double)x[i] * y[i];
            squaresOfX += (double)x[i] * x[i];
            squaresOfY += (double)y[i] * y[i];
        }
        double lengths = Math.Sqrt(squaresOfX) * Math.Sqrt(squaresOfY);
        return lengths > 0 ? (float)Math.Clamp(product / lengths, -1, 1) : 0;
    }
}

/// <summary>How well a document answers a query.</summary>
/// <param name="Index">The number of the document in the list that was given.</param>
/// <param name="Score">What the model's classification head says; higher is better. Its range is the model's.</param>
/// <param name="TokenCount">The tokens of the query and the document.</param>
/// <param name="IsTruncated">Whether the end of the document was left out.</param>
public sealed record RankedDocument(int Index, float Score, int TokenCount, bool IsTruncated);
