namespace Minilm.Gguf;

/// <summary>placeholder</summary>
public static class GgufModelValidator
{
}
