namespace Minilm.Companion.Grammar;

/// <summary>A topic of talk, or a trigger: a topic with one intent that needs no words of the user.</summary>
internal sealed class Topic
{
    private readonly Dictionary<string, IReadOnlyList<string>> _slots;

    private Topic(string name, bool isTrigger, IReadOnlyList<string> keywords, Dictionary<string, IReadOnlyList<string>> slots, IReadOnlyList<string> openSlots, IReadOnlyList<Intent> intents, Replies? more)
    {
        (Name, IsTrigger, Keywords, _slots, OpenSlots, Intents, More) = (name, isTrigger, keywords, slots, openSlots, intents, more);
        IEnumerable<string> named = IntentsAndRecalls.SelectMany(intent => intent.Phrasings.All).SelectMany(phrasing => phrasing.Slots).Append("person");
        OwnValues = [.. slots.Keys.Except(named, StringComparer.Ordinal).SelectMany(slot => slots[slot])];
    }

    public string Name { get; }

    public bool IsTrigger { get; }

    /// <summary>Gets beginnings of words, one of which is in every reply that has no value of a slot.</summary>
    public IReadOnlyList<string> Keywords { get; }

    public IReadOnlyList<Intent> Intents { get; }

    /// <summary>Gets the intents, and what is asked of them later.</summary>
    public IEnumerable<Intent> IntentsAndRecalls => Intents.Concat(Intents.Select(intent => intent.Recall).OfType<Intent>());

    /// <summary>Gets the replies to "why?" and the like.</summary>
    public Replies? More { get; }

    /// <summary>Gets the replies of all kinds.</summary>
    public IEnumerable<Replies> AllReplies => IntentsAndRecalls.Select(group => group.Replies).Concat(More is null ? [] : [More]);

    /// <summary>Gets the values that replies bring up themselves: those of slots that users never name.</summary>
    public IReadOnlyList<string> OwnValues { get; }

    /// <summary>Gets the slots whose lists are only examples of what may be said there.</summary>
    public IReadOnlyList<string> OpenSlots { get; }

    public bool HasSlot(string slot) => _slots.ContainsKey(slot);

    public IReadOnlyList<string> Values(string slot, Split split) => HeldOut.Of(_slots[slot], split);

    public static Topic Read(string path, IReadOnlyList<string> people)
    {
        string name = "";
        bool isTrigger = false;
        var keywords = new List<string>();
        var slots = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["person"] = people };
        var openSlots = new HashSet<string>(StringComparer.Ordinal);
        var intents = new List<IntentBuilder>();
        Replies? more = null;
        Replies? replies = null;
        Phrasings? phrasings = null;
        foreach (GrammarLine line in GrammarLine.Read(path))
        {
            switch (line.Key)
            {
                case "topic" or "trigger":
                    (name, isTrigger) = (line.Value, line.Key == "trigger");
                    break;
                case "keywords":
                    keywords.AddRange(line.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.ToLowerInvariant()));
                    break;
                case "slot" or "closed":
                    string[] sides = line.Value.Split(" = ", 2);
                    string slot = sides[0].Trim();
                    slots[slot] = [.. slots.GetValueOrDefault(slot, []), .. (line with { Value = sides[^1] }).Items()];
                    if (line.Key == "slot")
                    {
                        openSlots.Add(slot);
                    }
                    break;
                case "intent":
                    intents.Add(new IntentBuilder(line.Value));
                    (phrasings, replies) = (intents[^1].Phrasings, intents[^1].Replies);
                    break;
                case "recall":
                    IntentBuilder of = intents.Find(intent => intent.Name == line.Value) ?? throw line.Error($"no intent '{line.Value}' before its recall");
                    of.Recall = new IntentBuilder(line.Value);
                    (phrasings, replies) = (of.Recall.Phrasings, of.Recall.Replies);
                    break;
                case "more":
                    (phrasings, replies) = (null, more = new Replies());
                    break;
                case "user" or "also":
                    (phrasings ?? throw line.Error("what users say is part of an intent or a recall")).Add(line);
                    break;
                default:
                    if (!Enum.TryParse<Temperament>(line.Key, ignoreCase: true, out _))
                    {
                        throw line.Error($"unknown key '{line.Key}'");
                    }
                    if (replies is null)
                    {
                        intents.Add(new IntentBuilder(name));
                        replies = intents[^1].Replies;
                    }
                    replies.Add(line);
                    break;
            }
        }
        return new Topic(name, isTrigger, keywords, slots, [.. openSlots], [.. intents.Select(intent => intent.Build())], more);
    }

    private sealed class IntentBuilder(string name)
    {
        public string Name { get; } = name;

        public Phrasings Phrasings { get; } = new();

        public Replies Replies { get; } = new();

        public IntentBuilder? Recall { get; set; }

        public Intent Build() => new(Name, Phrasings, Replies, Recall?.Build());
    }

    /// <summary>What users say, and what is replied.</summary>
    /// <param name="Name">Its name in the topic.</param>
    /// <param name="Phrasings">What users say; none for a trigger.</param>
    /// <param name="Replies">What is replied.</param>
    /// <param name="Recall">What is asked of it later in the dialog.</param>
    internal sealed record Intent(string Name, Phrasings Phrasings, Replies Replies, Intent? Recall);
}
