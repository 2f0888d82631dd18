namespace Minilm.Companion.Evaluation;

/// <summary>Recognises a class from words and pairs of words (multinomial, with add-one smoothing).</summary>
/// <typeparam name="TClass">The classes.</typeparam>
internal sealed class NaiveBayes<TClass>
    where TClass : struct, Enum
{
    private readonly TClass[] _classes = Enum.GetValues<TClass>();
    private readonly Dictionary<string, int[]> _counts = new(StringComparer.Ordinal);
    private readonly long[] _totals;
    private readonly int[] _texts;

    public NaiveBayes()
    {
        _totals = new long[_classes.Length];
        _texts = new int[_classes.Length];
    }

    public void Learn(string text, TClass of)
    {
        int index = Array.IndexOf(_classes, of);
        _texts[index]++;
        foreach (string feature in Features(text))
        {
            if (!_counts.TryGetValue(feature, out int[]? counts))
            {
                _counts.Add(feature, counts = new int[_classes.Length]);
            }
            counts[index]++;
            _totals[index]++;
        }
    }

    /// <summary>Gives the most likely of the classes that were learnt.</summary>
    public TClass Recognise(string text)
    {
        double best = double.NegativeInfinity;
        TClass result = default;
        string[] features = [.. Features(text).Where(_counts.ContainsKey)];
        for (int i = 0; i < _classes.Length; i++)
        {
            if (_texts[i] == 0)
            {
                continue;
            }
            double score = Math.Log(_texts[i]) + features.Sum(feature => Math.Log((_counts[feature][i] + 1.0) / (_totals[i] + _counts.Count)));
            if (score > best)
            {
                (best, result) = (score, _classes[i]);
            }
        }
        return result;
    }

    private static IEnumerable<string> Features(string text)
    {
        IReadOnlyList<string> words = Words.Of(text);
        return words.Concat(Words.Sequences(words, 2, withEnds: true));
    }
}
