namespace Minilm;

/// <summary>
/// The types of a tensor's elements, numbered as in the file (<c>ggml.h</c>, <c>ggml_type</c>). The numbers that
/// are left out belonged to types that no reader supports any more.
/// </summary>
public enum GgmlType
{
    /// <summary><c>f32</c>: 4 bytes an element.</summary>
    F32 = 0,

    /// <summary><c>f16</c>: 2 bytes an element.</summary>
    F16 = 1,

    /// <summary><c>q4_0</c>: blocks of 32 elements in 18 bytes.</summary>
    Q4_0 = 2,

    /// <summary><c>q4_1</c>: blocks of 32 elements in 20 bytes.</summary>
    Q4_1 = 3,

    /// <summary><c>q5_0</c>: blocks of 32 elements in 22 bytes.</summary>
    Q5_0 = 6,

    /// <summary><c>q5_1</c>: blocks of 32 elements in 24 bytes.</summary>
    Q5_1 = 7,

    /// <summary><c>q8_0</c>: blocks of 32 elements in 34 bytes.</summary>
    Q8_0 = 8,

    /// <summary><c>q8_1</c>: blocks of 32 elements in 36 bytes.</summary>
    Q8_1 = 9,

    /// <summary><c>q2_K</c>: blocks of 256 elements in 84 bytes.</summary>
    Q2_K = 10,

    /// <summary><c>q3_K</c>: blocks of 256 elements in 110 bytes.</summary>
    Q3_K = 11,

    /// <summary><c>q4_K</c>: blocks of 256 elements in 144 bytes.</summary>
    Q4_K = 12,

    /// <summary><c>q5_K</c>: blocks of 256 elements in 176 bytes.</summary>
    Q5_K = 13,

    /// <summary><c>q6_K</c>: blocks of 256 elements in 210 bytes.</summary>
    Q6_K = 14,

    /// <summary><c>q8_K</c>: blocks of 256 elements in 292 bytes.</summary>
    Q8_K = 15,

    /// <summary><c>iq2_xxs</c>: blocks of 256 elements in 66 bytes.</summary>
    IQ2_XXS = 16,

    /// <summary><c>iq2_xs</c>: blocks of 256 elements in 74 bytes.</summary>
    IQ2_XS = 17,

    /// <summary><c>iq3_xxs</c>: blocks of 256 elements in 98 bytes.</summary>
    IQ3_XXS = 18,

    /// <summary><c>iq1_s</c>: blocks of 256 elements in 50 bytes.</summary>
    IQ1_S = 19,

    /// <summary><c>iq4_nl</c>: blocks of 32 elements in 18 bytes.</summary>
    IQ4_NL = 20,

    /// <summary><c>iq3_s</c>: blocks of 256 elements in 110 bytes.</summary>
    IQ3_S = 21,

    /// <summary><c>iq2_s</c>: blocks of 256 elements in 82 bytes.</summary>
    IQ2_S = 22,

    /// <summary><c>iq4_xs</c>: blocks of 256 elements in 136 bytes.</summary>
    IQ4_XS = 23,

    /// <summary><c>i8</c>: 1 byte an element.</summary>
    I8 = 24,

    /// <summary><c>i16</c>: 2 bytes an element.</summary>
    I16 = 25,

    /// <summary><c>i32</c>: 4 bytes an element.</summary>
    I32 = 26,

    /// <summary><c>i64</c>: 8 bytes an element.</summary>
    I64 = 27,

    /// <summary><c>f64</c>: 8 bytes an element.</summary>
    F64 = 28,

    /// <summary><c>iq1_m</c>: blocks of 256 elements in 56 bytes.</summary>
    IQ1_M = 29,

    /// <summary><c>bf16</c>: 2 bytes an element.</summary>
    BF16 = 30,

    /// <summary><c>tq1_0</c>: blocks of 256 elements in 54 bytes.</summary>
    TQ1_0 = 34,

    /// <summary><c>tq2_0</c>: blocks of 256 elements in 66 bytes.</summary>
    TQ2_0 = 35,

    /// <summary><c>mxfp4</c>: blocks of 32 elements in 17 bytes.</summary>
    MXFP4 = 39,

    /// <summary><c>nvfp4</c>: blocks of 64 elements in 36 bytes.</summary>
    NVFP4 = 40,

    /// <summary><c>q1_0</c>: blocks of 128 elements in 18 bytes.</summary>
    Q1_0 = 41,

    /// <summary><c>q2_0</c>: blocks of 64 elements in 18 bytes.</summary>
    Q2_0 = 42,
}
