using System.Runtime.InteropServices;
using Minilm.Abstractions;

namespace Minilm.Dialog.Backends.Markov;

/// <summary>Builds a <see cref="MarkovGraph"/> from lines. Each context, from one word up to the order, is a state, so that generation can back off to shorter ones.</summary>
internal sealed class MarkovGraphBuilder
{
    /// <summary>The maximum number of words of a context: their numbers share the 128 bits of a key.</summary>
    public const int MaxOrder = 5;

    private const int BitsPerWord = 24;
    private const int LineBegin = 1;

    private readonly int _order;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<MarkovWord> _words = [new("", false, false, false, 0), new("", false, false, false, 0)]; // End and LineBegin
    private readonly List<int[]> _lines = [];
    private readonly Dictionary<UInt128, int> _states = [];
    private readonly List<UInt128> _keys = [];
    private readonly Dictionary<(int State, int Word), int> _transitionIndexes = [];
    private readonly List<(int State, int Word, float Seen)> _transitions = [];
    private readonly HashSet<ulong> _lineFingerprints = [];
    private readonly HashSet<UInt128> _starters = [];
    private readonly HashSet<int> _longestStates = [];

    /// <summary>Starts with no lines.</summary>
    /// <param name="order">How many preceding words determine the next, from 1 to <see cref="MaxOrder"/>.</param>
    public MarkovGraphBuilder(int order)
    {
        _order = order;
        StateOf(LineBegin);
    }

    /// <summary>Adds a line. One without words is ignored.</summary>
    /// <param name="line">The line.</param>
    /// <param name="weight">As how many lines it counts.</param>
    public void Add(string line, float weight)
    {
        int[] ids = Read(line);
        if (ids.Length == 0)
        {
            return;
        }

        _lines.Add(ids);
        UInt128 words = LineBegin;
        ulong fingerprint = 0;
        for (int i = 0; i <= ids.Length; i++)
        {
            int longest = Math.Min(i + 1, _order);
            _longestStates.Add(StateOf(Last(words, longest)));
            int next = i < ids.Length ? ids[i] : MarkovGraph.End;
            for (int count = 1; count <= longest; count++)
            {
                Count(StateOf(Last(words, count)), next, weight);
            }

            words = (words << BitsPerWord) | (uint)next;
            if (i + 1 == Math.Min(_order, ids.Length))
            {
                _starters.Add(Last(words, i + 1));
            }

            fingerprint = next == MarkovGraph.End ? fingerprint : MarkovGraph.Fingerprint(fingerprint, next);
        }

        _lineFingerprints.Add(fingerprint);
    }

    /// <summary>Builds the chain.</summary>
    public MarkovGraph Build()
    {
        MeasureWordsToEnd();
        var states = new MarkovState[_keys.Count];
        Array.Fill(states, new MarkovState(0, 0, Shorter: -1, Words: 1)); // without lines, the start has no transition
        var transitions = new MarkovTransition[_transitions.Count];
        int index = 0;
        foreach (IGrouping<int, (int State, int Word, float Seen)> group in _transitions.GroupBy(t => t.State).OrderBy(g => g.Key))
        {
            UInt128 key = _keys[group.Key];
            int words = CountWords(key);
            int first = index;
            foreach ((_, int word, float seen) in group)
            {
                int next = word == MarkovGraph.End ? -1 : _states[Last((key << BitsPerWord) | (uint)word, Math.Min(words + 1, _order))];
                transitions[index++] = new MarkovTransition(word, next, seen);
            }

            states[group.Key] = new MarkovState(first, index - first, words > 1 ? _states[Last(key, words - 1)] : -1, words);
        }

        return new MarkovGraph(_ids, [.. _words], states, transitions, _lineFingerprints)
        {
            Order = _order,
            StarterCount = _starters.Count,
            StateCount = _longestStates.Count,
        };
    }

    private int[] Read(string line)
    {
        List<int> ids = [];
        var reader = new WordReader(line);
        while (reader.Next(out ReadOnlySpan<char> word))
        {
            ref int id = ref new SpanLookup<int>(_ids).GetValueRefOrAddDefault(word, out bool known);
            if (!known)
            {
                id = _words.Count;
                bool endsSentence = WordReader.EndsSentence(word);
                _words.Add(new MarkovWord(word.ToString(), EndsLine: false, endsSentence, WordReader.EndsClause(word), endsSentence ? 0 : int.MaxValue));
            }

            ids.Add(id);
        }

        if (ids is [.., int last])
        {
            _words[last] = _words[last] with { EndsLine = true, WordsToEnd = 0 };
        }

        return [.. ids];
    }

    /// <summary>Shortens the ways to an end along the lines until no line shows a shorter one.</summary>
    private void MeasureWordsToEnd()
    {
        bool changed;
        do
        {
            changed = false;
            foreach (int[] line in _lines)
            {
                for (int i = line.Length - 2; i >= 0; i--)
                {
                    int over = _words[line[i + 1]].WordsToEnd + 1;
                    if (over < _words[line[i]].WordsToEnd)
                    {
                        _words[line[i]] = _words[line[i]] with { WordsToEnd = over };
                        changed = true;
                    }
                }
            }
        }
        while (changed);
    }

    private int StateOf(UInt128 key)
    {
        ref int state = ref CollectionsMarshal.GetValueRefOrAddDefault(_states, key, out bool known);
        if (!known)
        {
            state = _keys.Count;
            _keys.Add(key);
        }

        return state;
    }

    private void Count(int state, int word, float weight)
    {
        ref int index = ref CollectionsMarshal.GetValueRefOrAddDefault(_transitionIndexes, (state, word), out bool known);
        if (!known)
        {
            index = _transitions.Count;
            _transitions.Add((state, word, 0));
        }

        _transitions[index] = _transitions[index] with { Seen = _transitions[index].Seen + weight };
    }

    private static UInt128 Last(UInt128 words, int count) => words & ((UInt128.One << (count * BitsPerWord)) - 1);

    /// <summary>No word has the number 0 except the end, behind which nothing comes: the highest bits tell how many there are.</summary>
    private static int CountWords(UInt128 key) => (128 - (int)UInt128.LeadingZeroCount(key) + BitsPerWord - 1) / BitsPerWord;
}
