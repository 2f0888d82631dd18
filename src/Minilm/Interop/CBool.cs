namespace Minilm.Interop;

/// <summary>C's <c>bool</c>: one byte, 0 or 1.</summary>
internal readonly struct CBool
{
    private readonly byte _value;

    private CBool(bool value) => _value = value ? (byte)1 : (byte)0;

    public static implicit operator bool(CBool value) => value._value != 0;

    public static implicit operator CBool(bool value) => new(value);
}
