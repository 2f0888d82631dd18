using System.Globalization;
using System.Text;
using Minilm.Dialog.Replies;

namespace Minilm.Dialog.Prompting;

/// <summary>The traits above the threshold, three at most: the strongest first, equal ones by name.</summary>
internal struct StrongestTraits
{
    private const double Threshold = 0.6;

    private KeyValuePair<string, double>? _first;
    private KeyValuePair<string, double>? _second;
    private KeyValuePair<string, double>? _third;

    internal readonly bool IsEmpty => _first is null;

    internal static StrongestTraits Of(IReadOnlyDictionary<string, double> traits, double weight)
    {
        var strongest = default(StrongestTraits);
        if (traits.Count == 0)
        {
            return strongest;
        }
        foreach ((string name, double strength) in traits)
        {
            if (strength * weight > Threshold)
            {
                strongest.Add(KeyValuePair.Create(name, strength * weight));
            }
        }
        return strongest;
    }

    internal readonly void AppendTo(StringBuilder prompt)
    {
        prompt.Append("Strong traits: ");
        Append(prompt, _first, "");
        Append(prompt, _second, ", ");
        Append(prompt, _third, ", ");
    }

    private void Add(KeyValuePair<string, double> trait)
    {
        if (IsBefore(trait, _first))
        {
            (_first, _second, _third) = (trait, _first, _second);
        }
        else if (IsBefore(trait, _second))
        {
            (_second, _third) = (trait, _second);
        }
        else if (IsBefore(trait, _third))
        {
            _third = trait;
        }
    }

    private static bool IsBefore(KeyValuePair<string, double> trait, KeyValuePair<string, double>? other) =>
        other is not { } that || trait.Value > that.Value || (trait.Value.Equals(that.Value) && string.CompareOrdinal(trait.Key, that.Key) < 0);

    private static void Append(StringBuilder prompt, KeyValuePair<string, double>? trait, string separator)
    {
        if (trait is not { } shown)
        {
            return;
        }
        prompt.Append(separator);
        PlainText.AppendLine(prompt, shown.Key);
        prompt.Append(CultureInfo.InvariantCulture, $" ({Math.Min(shown.Value, 1):0.0#})");
    }
}
