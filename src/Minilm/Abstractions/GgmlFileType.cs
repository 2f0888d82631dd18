namespace Minilm;

/// <summary>
/// The mixtures of tensor types that <see cref="LlamaQuantizer"/> writes, by the numbers of <c>llama.h</c>, <c>llama_ftype</c>.
/// Those that need an importance matrix are left out.
/// </summary>
public enum GgmlFileType
{
    /// <summary>32-bit floating point.</summary>
    F32 = 0,

    /// <summary>16-bit floating point.</summary>
    F16 = 1,

    /// <summary>4 bits, blocks of 32.</summary>
    Q4_0 = 2,

    /// <summary>4 bits with a minimum, blocks of 32.</summary>
    Q4_1 = 3,

    /// <summary>8 bits, blocks of 32: nearly the original.</summary>
    Q8_0 = 7,

    /// <summary>5 bits, blocks of 32.</summary>
    Q5_0 = 8,

    /// <summary>5 bits with a minimum, blocks of 32.</summary>
    Q5_1 = 9,

    /// <summary>2 to 3 bits, blocks of 256.</summary>
    Q2_K = 10,

    /// <summary>3 bits, blocks of 256, small.</summary>
    Q3_K_S = 11,

    /// <summary>3 to 5 bits, blocks of 256, medium.</summary>
    Q3_K_M = 12,

    /// <summary>3 to 5 bits, blocks of 256, large.</summary>
    Q3_K_L = 13,

    /// <summary>4 bits, blocks of 256, small.</summary>
    Q4_K_S = 14,

    /// <summary>4 to 6 bits, blocks of 256, medium: the usual choice.</summary>
    Q4_K_M = 15,

    /// <summary>5 bits, blocks of 256, small.</summary>
    Q5_K_S = 16,

    /// <summary>5 to 6 bits, blocks of 256, medium.</summary>
    Q5_K_M = 17,

    /// <summary>6 bits, blocks of 256.</summary>
    Q6_K = 18,

    /// <summary>4 bits, not linear, blocks of 32.</summary>
    IQ4_NL = 25,

    /// <summary>3.44 bits, from a codebook.</summary>
    IQ3_S = 26,

    /// <summary>3.66 bits, from a codebook.</summary>
    IQ3_M = 27,

    /// <summary>4.25 bits, not linear, blocks of 256.</summary>
    IQ4_XS = 30,

    /// <summary>bfloat16.</summary>
    BF16 = 32,

    /// <summary>Ternary weights, 1.69 bits.</summary>
    TQ1_0 = 36,

    /// <summary>Ternary weights, 2.06 bits.</summary>
    TQ2_0 = 37,
}
