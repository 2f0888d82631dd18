namespace Minilm.Companion.Export;

/// <summary>The sampling values that the model's metadata recommends, and with which it is evaluated.</summary>
internal static class Recommended
{
    public const float Temperature = 0.2f;
    public const int TopK = 40;
    public const float TopP = 0.9f;
    public const float RepeatPenalty = 1f;
}
