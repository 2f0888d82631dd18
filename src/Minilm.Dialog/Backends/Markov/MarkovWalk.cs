namespace Minilm.Dialog.Backends.Markov;

/// <summary>
/// One random walk through a chain. It takes no word from which the end is too far for the words that are left, so that
/// it ends where a line or a sentence ends whenever the chain allows that. Where a context has a single next word, it
/// sometimes backs off to a shorter one, which is how lines are crossed; to a single word mostly where clauses meet.
/// </summary>
internal ref struct MarkovWalk
{
    /// <summary>The probability, at temperature 1, of backing off to a shorter context where the longer one leaves no choice.</summary>
    private const double CrossingRate = 0.25;

    /// <summary>
    /// Of the chances to cross at a single word, the share that is taken in the middle of a clause: what one word alone
    /// connects there ("wear the | one") is rarely grammar, unlike what meets at a comma or behind the "and" after it.
    /// </summary>
    private const double MidClauseShare = 0.15;

    /// <summary>Below this, the likeliest word is as good as certain.</summary>
    private const double MinTemperature = 0.01;

    private const int NewSentence = -1;
    private const int Stop = -2;

    private readonly MarkovGraph _chain;
    private readonly int _minWords;
    private readonly double _sharpness;
    private readonly double _crossing;
    private readonly Span<int> _words;
    private readonly ref SplitMix64 _random;
    private int _length;
    private int _sentenceLength;
    private int _coherentSteps;

    /// <summary>Prepares a walk.</summary>
    /// <param name="chain">A chain with at least one line.</param>
    /// <param name="minWords">The minimum number of words.</param>
    /// <param name="words">A buffer as long as the maximum number of words.</param>
    /// <param name="temperature">From 0, always the likeliest, to 2.</param>
    /// <param name="random">The random number generator.</param>
    public MarkovWalk(MarkovGraph chain, int minWords, Span<int> words, double temperature, ref SplitMix64 random)
    {
        _chain = chain;
        _minWords = minWords;
        _words = words;
        _sharpness = 1 / Math.Max(temperature, MinTemperature);
        _crossing = CrossingRate * Math.Min(temperature, 1);
        _random = ref random;
    }

    /// <summary>Gets the words.</summary>
    public readonly ReadOnlySpan<int> Words => _words[.._length];

    /// <summary>Gets the share of steps, from 0 to 1, that were seen in the training data with the whole context and did not repeat a pair of words.</summary>
    public readonly double Coherence => (double)_coherentSteps / _length;

    /// <summary>Goes from the start to an end.</summary>
    public void Run()
    {
        int state = MarkovGraph.Start;
        while (_length < _words.Length)
        {
            int step = Choose(state, out int context);
            if (step == NewSentence)
            {
                state = MarkovGraph.Start;
                _sentenceLength = 0;
                continue;
            }

            if (step == Stop || _chain.Transition(step).Word == MarkovGraph.End)
            {
                return;
            }

            MarkovTransition transition = _chain.Transition(step);
            bool whole = context >= Math.Min(_sentenceLength + 1, _chain.Order);
            _coherentSteps += whole && !Repeats(transition.Word) ? 1 : 0;
            _words[_length++] = transition.Word;
            _sentenceLength++;
            state = transition.Next;
        }
    }

    /// <summary>Chooses a transition, a new sentence, or to stop. Tells how many words of context a transition was chosen by.</summary>
    private readonly int Choose(int state, out int context)
    {
        int room = _words.Length - _length;
        bool mayEnd = _length >= _minWords;
        for (int from = state; from >= 0; from = _chain.State(from).Shorter)
        {
            int step = Pick(from, room, mayEnd, out int options);
            if (options == 0)
            {
                continue;
            }

            context = _chain.State(from).Words;
            return options == 1 && _chain.Transition(step).Word != MarkovGraph.End && Crosses(from)
                ? Cross(from, step, room, mayEnd, ref context)
                : step;
        }

        context = 0;
        if (_length > 0 && _chain.Word(_words[_length - 1]).WordsToEnd == 0)
        {
            if (mayEnd)
            {
                return Stop;
            }

            if (state != MarkovGraph.Start && Pick(MarkovGraph.Start, room, mayEnd, out _) >= 0)
            {
                return NewSentence;
            }
        }

        int any = Pick(state, int.MaxValue, mayEnd: false, out _); // no end is near enough: go on and be cut
        return any >= 0 ? any : _chain.State(state).First;
    }

    private readonly bool Crosses(int state) => _chain.State(state).Shorter >= 0 && _random.NextDouble() < _crossing;

    /// <summary>Chooses by the longest of the shorter contexts that leaves a choice; takes the given step when none does.</summary>
    private readonly int Cross(int state, int step, int room, bool mayEnd, ref int context)
    {
        for (int from = _chain.State(state).Shorter; from >= 0; from = _chain.State(from).Shorter)
        {
            if (_chain.State(from).Words == 1 && !IsAtClause() && _random.NextDouble() >= MidClauseShare)
            {
                break;
            }

            int other = Pick(from, room, mayEnd, out int options);
            if (options > 1)
            {
                context = _chain.State(from).Words;
                return other;
            }
        }

        return step;
    }

    /// <summary>Tells whether the last word ends a clause, or is the first of one.</summary>
    private readonly bool IsAtClause() =>
        _chain.Word(_words[_length - 1]).EndsClause || (_length > 1 && _chain.Word(_words[_length - 2]).EndsClause);

    /// <summary>Draws one of a state's transitions that leave room to end; -1 when there is none. An end is taken at once when little room is left.</summary>
    private readonly int Pick(int state, int room, bool mayEnd, out int options)
    {
        MarkovState from = _chain.State(state);
        int end = from.First + from.Count;
        double greatest = 0;
        options = 0;
        for (int t = from.First; t < end; t++)
        {
            if (Allows(t, room, mayEnd))
            {
                if (_chain.Transition(t).Word == MarkovGraph.End && room <= _words.Length / 4)
                {
                    options = 1;
                    return t;
                }

                options++;
                greatest = Math.Max(greatest, _chain.Weight(t));
            }
        }

        // One pass draws by weight without remembering the weights: each may replace the one drawn so far.
        int drawn = -1;
        double total = 0;
        for (int t = from.First; t < end; t++)
        {
            if (Allows(t, room, mayEnd))
            {
                double weight = _chain.Weight(t);
                double share = weight < greatest ? Math.Pow(weight / greatest, _sharpness) : 1;
                total += share;
                drawn = drawn < 0 || (options > 1 && _random.NextDouble() * total < share) ? t : drawn;
            }
        }

        return drawn;
    }

    private readonly bool Allows(int transition, int room, bool mayEnd)
    {
        int word = _chain.Transition(transition).Word;
        return word == MarkovGraph.End ? mayEnd : _chain.Word(word).WordsToEnd < room;
    }

    /// <summary>Tells whether the last word was followed by this one before.</summary>
    private readonly bool Repeats(int word)
    {
        for (int i = 1; i < _length; i++)
        {
            if (_words[i] == word && _words[i - 1] == _words[_length - 1])
            {
                return true;
            }
        }

        return false;
    }
}
