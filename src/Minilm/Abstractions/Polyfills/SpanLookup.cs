using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Minilm.Abstractions;

/// <summary>A dictionary that is asked by spans. .NET 8 makes a string of each.</summary>
internal readonly struct SpanLookup<TValue>(Dictionary<string, TValue> values)
{
#if NET9_0_OR_GREATER
    private readonly Dictionary<string, TValue>.AlternateLookup<ReadOnlySpan<char>> _values = values.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryGetValue(ReadOnlySpan<char> key, out TValue? value) => _values.TryGetValue(key, out value);

    public ref TValue? GetValueRefOrAddDefault(ReadOnlySpan<char> key, out bool exists) => ref CollectionsMarshal.GetValueRefOrAddDefault(_values, key, out exists);
#else
    public bool TryGetValue(ReadOnlySpan<char> key, out TValue? value) => values.TryGetValue(key.ToString(), out value);

    public ref TValue? GetValueRefOrAddDefault(ReadOnlySpan<char> key, out bool exists) => ref CollectionsMarshal.GetValueRefOrAddDefault(values, key.ToString(), out exists);
#endif
}

/// <inheritdoc cref="SpanLookup{TValue}"/>
internal readonly struct FrozenSpanLookup<TValue>(FrozenDictionary<string, TValue> values)
{
#if NET9_0_OR_GREATER
    private readonly FrozenDictionary<string, TValue>.AlternateLookup<ReadOnlySpan<char>> _values = values.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryGetValue(ReadOnlySpan<char> key, out TValue? value) => _values.TryGetValue(key, out value);
#else
    public bool TryGetValue(ReadOnlySpan<char> key, out TValue? value) => values.TryGetValue(key.ToString(), out value);
#endif
}
