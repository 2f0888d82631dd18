namespace Minilm.Gguf;

/// <summary>
/// The sizes of the tensor types, as libggml 0.27.0 reports them (<c>ggml_blck_size</c>, <c>ggml_type_size</c>).
/// </summary>
public static class GgmlTypes
{
    /// <summary>Gets the number of elements in one block; 1 for a type that is not quantized.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <returns>A number of elements.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a type of this table.</exception>
    public static int BlockSize(GgmlType type) => Layout(type).Elements;

    /// <summary>Gets the size of one block in bytes.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <returns>A number of bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a type of this table.</exception>
    public static int BlockBytes(GgmlType type) => Layout(type).Bytes;

    /// <summary>Gets the size in bytes of a row; a last block that is not full counts as full.</summary>
    /// <param name="type">The type of the elements.</param>
    /// <param name="elements">The length of the row in elements.</param>
    /// <returns>A number of bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="type"/> is not a type of this table, or <paramref name="elements"/> is negative.
    /// </exception>
    public static long RowBytes(GgmlType type, long elements)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elements);
        (int blockSize, int blockBytes) = Layout(type);
        return checked((elements / blockSize + (elements % blockSize == 0 ? 0 : 1)) * blockBytes);
    }

    /// <summary>Says whether the number is a type of this table.</summary>
    /// <param name="type">A number from a file.</param>
    /// <returns><see langword="false"/> for a removed, unknown or newer type.</returns>
    public static bool IsKnown(GgmlType type) => Find(type).Elements != 0;

    private static (int Elements, int Bytes) Layout(GgmlType type)
    {
        (int Elements, int Bytes) layout = Find(type);
        return layout.Elements != 0
            ? layout
            : throw new ArgumentOutOfRangeException(nameof(type), type, "Not a tensor type that this version knows.");
    }

    private static (int Elements, int Bytes) Find(GgmlType type) => type switch
    {
        GgmlType.I8 => (1, 1),
        GgmlType.F16 or GgmlType.I16 or GgmlType.BF16 => (1, 2),
        GgmlType.F32 or GgmlType.I32 => (1, 4),
        GgmlType.I64 or GgmlType.F64 => (1, 8),
        GgmlType.MXFP4 => (32, 17),
        GgmlType.Q4_0 or GgmlType.IQ4_NL => (32, 18),
        GgmlType.Q4_1 => (32, 20),
        GgmlType.Q5_0 => (32, 22),
        GgmlType.Q5_1 => (32, 24),
        GgmlType.Q8_0 => (32, 34),
        GgmlType.Q8_1 => (32, 36),
        GgmlType.Q2_0 => (64, 18),
        GgmlType.NVFP4 => (64, 36),
        GgmlType.Q1_0 => (128, 18),
        GgmlType.IQ1_S => (256, 50),
        GgmlType.TQ1_0 => (256, 54),
        GgmlType.IQ1_M => (256, 56),
        GgmlType.IQ2_XXS or GgmlType.TQ2_0 => (256, 66),
        GgmlType.IQ2_XS => (256, 74),
        GgmlType.IQ2_S => (256, 82),
        GgmlType.Q2_K => (256, 84),
        GgmlType.IQ3_XXS => (256, 98),
        GgmlType.Q3_K or GgmlType.IQ3_S => (256, 110),
        GgmlType.IQ4_XS => (256, 136),
        GgmlType.Q4_K => (256, 144),
        GgmlType.Q5_K => (256, 176),
        GgmlType.Q6_K => (256, 210),
        GgmlType.Q8_K => (256, 292),
        _ => (0, 0),
    };
}
