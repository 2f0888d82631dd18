using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Minilm.Abstractions;

namespace Minilm.Dialog.Backends.Markov;

/// <summary>
/// A Markov chain, learned from lines, as a graph in flat arrays: a step is an index, not a lookup.
/// Words, states and transitions are immutable; only the factors that feedback puts on transitions change.
/// </summary>
internal sealed class MarkovGraph
{
    /// <summary>The word that stands for the end of a line.</summary>
    public const int End = 0;

    /// <summary>The state before the first word of a line.</summary>
    public const int Start = 0;

    private const int MinStarters = 2;
    private const int MinStates = 10;

    private readonly SpanLookup<int> _ids;
    private readonly MarkovWord[] _words;
    private readonly MarkovState[] _states;
    private readonly MarkovTransition[] _transitions;
    private readonly float[] _factors;
    private readonly HashSet<ulong> _lines;
    private readonly Lock _learning = new();

    /// <summary>Creates the graph from what <see cref="MarkovGraphBuilder"/> collected.</summary>
    public MarkovGraph(Dictionary<string, int> ids, MarkovWord[] words, MarkovState[] states, MarkovTransition[] transitions, HashSet<ulong> lines)
    {
        _ids = new SpanLookup<int>(ids);
        _words = words;
        _states = states;
        _transitions = transitions;
        _lines = lines;
        _factors = new float[transitions.Length];
        Array.Fill(_factors, 1);
    }

    /// <summary>Gets how many preceding words determine the next.</summary>
    public required int Order { get; init; }

    /// <summary>Gets the number of different beginnings of lines, each as long as the order.</summary>
    public required int StarterCount { get; init; }

    /// <summary>Gets the number of different contexts, each as long as the order and the place in its line allow.</summary>
    public required int StateCount { get; init; }

    /// <summary>Gets the number of different lines.</summary>
    public int LineCount => _lines.Count;

    /// <summary>Gets a value indicating whether there is enough to make lines from: 2 starters and 10 states.</summary>
    public bool IsSufficient => StarterCount >= MinStarters && StateCount >= MinStates;

    /// <summary>Gets a word.</summary>
    public ref readonly MarkovWord Word(int id) => ref _words[id];

    /// <summary>Gets the state at an index.</summary>
    public ref readonly MarkovState State(int index) => ref _states[index];

    /// <summary>Gets the transition at an index.</summary>
    public ref readonly MarkovTransition Transition(int index) => ref _transitions[index];

    /// <summary>Gets the weight of a transition, feedback included; always above 0.</summary>
    public double Weight(int transition) => _transitions[transition].Seen * _factors[transition];

    /// <summary>Tells whether a fingerprint is that of a whole training line.</summary>
    public bool IsLine(ulong fingerprint) => _lines.Contains(fingerprint);

    /// <summary>Extends the fingerprint of preceding words, 0 for none, by a word. Different texts collide once in 2^64.</summary>
    public static ulong Fingerprint(ulong before, int word) => SplitMix64.Mix(before + (ulong)word);

    /// <summary>Computes the fingerprint of a text; false when it has a word that is unknown.</summary>
    public bool TryFingerprint(string text, out ulong fingerprint)
    {
        fingerprint = 0;
        var reader = new WordReader(text);
        while (reader.Next(out ReadOnlySpan<char> word))
        {
            if (!_ids.TryGetValue(word, out int id))
            {
                return false;
            }

            fingerprint = Fingerprint(fingerprint, id);
        }

        return true;
    }

    /// <summary>Joins words into a text.</summary>
    public string Join(ReadOnlySpan<int> words)
    {
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        string before = "";
        foreach (int id in words)
        {
            string word = _words[id].Text;
            if (before.Length > 0 && !WordReader.AreJoined(before, word))
            {
                text.AppendLiteral(" ");
            }

            text.AppendLiteral(word);
            before = word;
        }

        return text.ToStringAndClear();
    }

    /// <summary>Makes the transitions of a text more or less likely. Does nothing when a word is unknown.</summary>
    /// <param name="text">A text that the chain generated.</param>
    /// <param name="change">What is added to their factors; each starts at 1.</param>
    /// <param name="floor">The smallest factor.</param>
    /// <param name="cap">The largest factor.</param>
    public void Learn(string text, float change, float floor, float cap)
    {
        if (!TryFingerprint(text, out _))
        {
            return;
        }

        lock (_learning)
        {
            int state = Start;
            var reader = new WordReader(text);
            while (state >= 0 && reader.Next(out ReadOnlySpan<char> word))
            {
                _ids.TryGetValue(word, out int id);
                int next = Adjust(state, id, change, floor, cap);
                state = next >= 0 ? next : Adjust(Start, id, change, floor, cap); // a second sentence starts over
            }

            if (state >= 0)
            {
                Adjust(state, End, change, floor, cap);
            }
        }
    }

    /// <summary>Changes the factor of a transition in a context and in all shorter ones. Returns the state after it, or -1 when there is none.</summary>
    private int Adjust(int state, int word, float change, float floor, float cap)
    {
        int next = -1;
        for (; state >= 0; state = _states[state].Shorter)
        {
            MarkovState from = _states[state];
            for (int t = from.First; t < from.First + from.Count; t++)
            {
                if (_transitions[t].Word == word)
                {
                    _factors[t] = Math.Clamp(_factors[t] + change, floor, cap);
                    next = next < 0 ? _transitions[t].Next : next;
                    break;
                }
            }
        }

        return next;
    }
}

/// <summary>A word of a chain.</summary>
/// <param name="Text">The spelling.</param>
/// <param name="EndsLine">Whether a line ends with it.</param>
/// <param name="EndsSentence">Whether it looks like the end of a sentence.</param>
/// <param name="EndsClause">Whether it looks like the end of a sentence or of a part of one.</param>
/// <param name="WordsToEnd">The fewest words that must follow before a line or a sentence can end.</param>
internal readonly record struct MarkovWord(string Text, bool EndsLine, bool EndsSentence, bool EndsClause, int WordsToEnd);

/// <summary>A context of a chain: the words, at most as many as its order, that determine the next.</summary>
/// <param name="First">Its first transition.</param>
/// <param name="Count">How many transitions it has; at least one, except in a chain without lines.</param>
/// <param name="Shorter">The state of the same context without its oldest word; -1 when it has one word only.</param>
/// <param name="Words">How many words it has; the beginning of a line counts as one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MarkovState(int First, int Count, int Shorter, int Words);

/// <summary>What may follow a state.</summary>
/// <param name="Word">The word, or <see cref="MarkovGraph.End"/>.</param>
/// <param name="Next">The state after it; -1 after the end.</param>
/// <param name="Seen">How often it was seen.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MarkovTransition(int Word, int Next, float Seen);
