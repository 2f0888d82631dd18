namespace Minilm;

/// <summary>The versions of mirostat (arXiv 2007.14966), which keeps the surprise of a text near a target.</summary>
public enum MirostatMode
{
    /// <summary>Not used.</summary>
    Off = 0,

    /// <summary>Estimates the shape of the distribution, and from it how many tokens to consider.</summary>
    Version1 = 1,

    /// <summary>Considers tokens up to a surprise that follows the target.</summary>
    Version2 = 2,
}
