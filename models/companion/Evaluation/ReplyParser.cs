using System.Globalization;
using System.Text.RegularExpressions;
using Minilm.Companion.Dialogs;
using Minilm.Companion.Grammar;

namespace Minilm.Companion.Evaluation;

/// <summary>Tells whether the grammar can write a reply: one of its lines, with an address and a closing sentence where <see cref="ReplyComposer"/> may put them.</summary>
/// <remarks>What a slot takes is listed in the grammar, or was said by the user in the dialog: any words in a row, so that a reply that repeats "my math" of "my math essay" is a sentence, if not a good one.</remarks>
internal sealed class ReplyParser(CompanionGrammar grammar)
{
    // Characters of Unicode's private use stand for slots.
    private const char FirstSlot = '\uE000', LastSlot = '\uE0FF';

    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);
    private static readonly Regex Addressed = new("^(?<before>.*), (?<address>[^,.!?]+)(?<end>[.!?])$", RegexOptions.CultureInvariant, MatchTimeout);

    private readonly Lazy<Sentences>[] _sentences = [.. Temperaments.All.Select(temperament => new Lazy<Sentences>(() => new Sentences(grammar, temperament)))];

    public bool Accepts(JudgedReply reply)
    {
        Persona persona = reply.Dialog.Persona;
        Sentences sentences = _sentences[(int)persona.Temperament].Value;
        string said = string.Join('\n', reply.Dialog.Turns.Select(turn => turn.UserText));
        return sentences.WithoutClosing(reply.Text).SelectMany(text => WithoutAddress(text, address => sentences.Addresses.Contains(address) || IsSaid(address) || address == persona.UserName))
            .Any(text => sentences.Whole.Contains(text) || sentences.Open.Any(sentence => sentence.Accepts(text, Takes)));

        bool Takes(Topic topic, string slot, string value) => slot switch
        {
            "name" => string.Equals(value, persona.Name, StringComparison.OrdinalIgnoreCase),
            "creature" => string.Equals(value, persona.Creature, StringComparison.OrdinalIgnoreCase),
            "time" => string.Equals(value, persona.TimeOfDay, StringComparison.OrdinalIgnoreCase),
            "user" => string.Equals(value, persona.UserName, StringComparison.OrdinalIgnoreCase) || IsSaid(value),
            _ => IsSaid(value) || Enum.GetValues<Split>().Any(split => topic.Values(slot, split).Contains(value, StringComparer.OrdinalIgnoreCase)),
        };

        bool IsSaid(string value) => Regex.IsMatch(said, $@"(?<!\w){Regex.Escape(value)}(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchTimeout);
    }

    private static IEnumerable<string> WithoutAddress(string text, Func<string, bool> isAddress)
    {
        yield return text;
        Match match = Addressed.Match(text);
        if (match.Success && isAddress(match.Groups["address"].Value))
        {
            yield return match.Groups["before"].Value + match.Groups["end"].Value;
        }
    }

    private static int FirstSlotIn(string text) => text.AsSpan().IndexOfAnyInRange(FirstSlot, LastSlot);

    /// <summary>All that a temperament can say.</summary>
    private sealed class Sentences
    {
        private readonly string[] _closings;

        public Sentences(CompanionGrammar grammar, Temperament temperament)
        {
            Voice voice = grammar.VoiceOf(temperament);
            _closings = [.. voice.Closings.SelectMany(Texts)];
            Addresses = voice["address"].SelectMany(Texts).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (Topic topic in grammar.Topics.Concat(grammar.Triggers))
            {
                foreach (Pattern pattern in topic.AllReplies.SelectMany(replies => replies.Of(temperament)))
                {
                    string[] slots = [.. pattern.Slots];
                    foreach (string text in pattern.All(slot => $"{(char)(FirstSlot + Array.IndexOf(slots, slot))}"))
                    {
                        if (FirstSlotIn(text) >= 0)
                        {
                            Open.Add(new Sentence(topic, slots, text));
                        }
                        else
                        {
                            Whole.Add(text);
                        }
                    }
                }
            }

            static IEnumerable<string> Texts(Pattern pattern) => pattern.All(slot => slot);
        }

        public HashSet<string> Addresses { get; }

        public HashSet<string> Whole { get; } = new(StringComparer.Ordinal);

        public List<Sentence> Open { get; } = [];

        public IEnumerable<string> WithoutClosing(string reply) =>
            _closings.Where(closing => reply.EndsWith(" " + closing, StringComparison.Ordinal)).Select(closing => reply[..^(closing.Length + 1)]).Prepend(reply);
    }

    /// <summary>A sentence with slots.</summary>
    private sealed class Sentence(Topic topic, string[] slots, string text)
    {
        private readonly Lazy<Regex> _regex = new(() => new Regex(RegexOf(text), RegexOptions.CultureInvariant, MatchTimeout));

        // What comes before the first slot, but for an article, tells most of them apart.
        private readonly string _beginning = text[..FirstSlotIn(text)].TrimEnd('a', 'A', ' ');

        public bool Accepts(string reply, Func<Topic, string, string, bool> takes)
        {
            if (!reply.StartsWith(_beginning, StringComparison.Ordinal))
            {
                return false;
            }
            Match match = _regex.Value.Match(reply);
            return match.Success && match.Groups.Values.Skip(1).All(group => takes(topic, slots[int.Parse(group.Name.AsSpan(1), CultureInfo.InvariantCulture)], group.Value));
        }

        // The first time a slot comes it takes any words, then the same ones; the article before it is "a" or, before a vowel, "an".
        private static string RegexOf(string text)
        {
            string regex = Regex.Escape(text);
            for (char slot = FirstSlot; regex.Contains(slot); slot++)
            {
                int first = regex.IndexOf(slot, StringComparison.Ordinal);
                string name = $"s{slot - FirstSlot}";
                regex = $@"{regex[..first]}(?<{name}>[^.!?]+?){regex[(first + 1)..].Replace($"{slot}", $@"(?i:\k<{name}>)", StringComparison.Ordinal)}";
            }
            return $"^{Regex.Replace(regex, @"\b(?<article>[aA])\\ (?=\(\?<)", @"${article}(?:\ (?![aeiou])|n\ (?=[aeiou]))", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, MatchTimeout)}$";
        }
    }
}
