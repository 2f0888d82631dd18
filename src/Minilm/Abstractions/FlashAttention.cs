namespace Minilm;

/// <summary>Says when flash attention is used.</summary>
public enum FlashAttention
{
    /// <summary>libllama decides.</summary>
    Auto = -1,

    /// <summary>Never.</summary>
    Off = 0,

    /// <summary>Always.</summary>
    On = 1,
}
