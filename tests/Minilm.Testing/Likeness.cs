namespace Minilm.Testing;

/// <summary>How alike two contexts predict.</summary>
public static class Likeness
{
    private static readonly int[] Tokens = [1, 300, 310, 320, 330, 340, 350, 360, 301, 311, 321, 331];

    /// <summary>The cosine of the logits after the same tokens: 1 is the same direction.</summary>
    public static double Of(LlamaContext first, LlamaContext second)
    {
        first.Decode(Tokens, 0);
        second.Decode(Tokens, 0);
        ReadOnlySpan<float> a = first.GetLogits(), b = second.GetLogits();
        double product = 0, lengthA = 0, lengthB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            lengthA += (double)a[i] * a[i];
            lengthB += (double)b[i] * b[i];
        }
        return product / Math.Sqrt(lengthA * lengthB);
    }
}
