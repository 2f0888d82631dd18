namespace Minilm.Gguf;

/// <summary>The types of a metadata value, numbered as in the file (<c>gguf.h</c>, <c>gguf_type</c>).</summary>
public enum GgufValueType
{
    /// <summary>An unsigned integer of 1 byte.</summary>
    UInt8 = 0,

    /// <summary>A signed integer of 1 byte.</summary>
    Int8 = 1,

    /// <summary>An unsigned integer of 2 bytes.</summary>
    UInt16 = 2,

    /// <summary>A signed integer of 2 bytes.</summary>
    Int16 = 3,

    /// <summary>An unsigned integer of 4 bytes.</summary>
    UInt32 = 4,

    /// <summary>A signed integer of 4 bytes.</summary>
    Int32 = 5,

    /// <summary>An IEEE 754 number of 4 bytes.</summary>
    Float32 = 6,

    /// <summary>One byte that is 0 or 1.</summary>
    Boolean = 7,

    /// <summary>A length of 8 bytes and as many bytes of UTF-8.</summary>
    String = 8,

    /// <summary>An element type, a count of 8 bytes, and as many elements.</summary>
    Array = 9,

    /// <summary>An unsigned integer of 8 bytes.</summary>
    UInt64 = 10,

    /// <summary>A signed integer of 8 bytes.</summary>
    Int64 = 11,

    /// <summary>An IEEE 754 number of 8 bytes.</summary>
    Float64 = 12,
}

/// <summary>What the type of a metadata value says about its bytes.</summary>
internal static class GgufValueTypes
{
    /// <summary>The size of one value in bytes; 0 for strings and arrays, whose size varies.</summary>
    public static int SizeOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => 0,
    };

    public static bool IsKnown(uint type) => type <= (uint)GgufValueType.Float64;

    /// <summary>The name that the format's own documents use.</summary>
    public static string NameOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 => "u8",
        GgufValueType.Int8 => "i8",
        GgufValueType.UInt16 => "u16",
        GgufValueType.Int16 => "i16",
        GgufValueType.UInt32 => "u32",
        GgufValueType.Int32 => "i32",
        GgufValueType.Float32 => "f32",
        GgufValueType.Boolean => "bool",
        GgufValueType.String => "string",
        GgufValueType.Array => "array",
        GgufValueType.UInt64 => "u64",
        GgufValueType.Int64 => "i64",
        _ => "f64",
    };
}
