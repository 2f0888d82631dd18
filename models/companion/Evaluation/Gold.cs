using Minilm.Companion.Dialogs;
using Minilm.Companion.Grammar;

namespace Minilm.Companion.Evaluation;

/// <summary>What replies of the grammar look like: the measure of a model's replies.</summary>
internal sealed class Gold
{
    private const int DefaultFreshDialogs = 600_000;
    private const int DialogsToLearn = 30_000;
    private const int TrainingSeed = 1;
    private const int FreshSeed = 1001;

    private readonly ReplyParser _parser;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _trigrams = new(StringComparer.Ordinal);
    private readonly HashSet<string> _training = new(StringComparer.Ordinal);
    private readonly HashSet<string> _askedInTraining = new(StringComparer.Ordinal);
    private readonly NaiveBayes<Temperament> _temperaments = new();
    private readonly NaiveBayes<MoodBand> _moods = new();

    /// <summary>Samples what is compared with: new dialogs of both splits, and again those of the training.</summary>
    public Gold(Workplace workplace, int trainingDialogs, int freshDialogs = DefaultFreshDialogs)
    {
        _parser = new ReplyParser(workplace.Grammar);
        _names = workplace.Grammar.Characters.Concat(workplace.Grammar.People).Select(name => name.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var random = new Random(FreshSeed);
        for (int i = 0; i < freshDialogs; i++)
        {
            SampledDialog dialog = workplace.ListedDialogs.Sample(random, i % 2 == 0 ? Split.HeldOut : Split.Training);
            foreach (SampledTurn turn in dialog.Turns)
            {
                _trigrams.UnionWith(Trigrams(turn.Reply));
                if (i < DialogsToLearn)
                {
                    _temperaments.Learn(turn.Reply, dialog.Persona.Temperament);
                    if (dialog.Persona.MoodBand != MoodBand.Neutral)
                    {
                        _moods.Learn(turn.Reply, dialog.Persona.MoodBand);
                    }
                }
            }
        }
        random = new Random(TrainingSeed);
        for (int i = 0; i < trainingDialogs; i++)
        {
            IReadOnlyList<SampledTurn> turns = workplace.Dialogs.Sample(random, Split.Training).Turns;
            _training.UnionWith(turns.Select(turn => turn.Reply));
            _askedInTraining.UnionWith(turns.Select(turn => turn.UserText).OfType<string>().Select(BareWords));
        }
    }

    /// <summary>Gets the number of different replies in the training.</summary>
    public int TrainingReplies => _training.Count;

    public bool IsRecited(string reply) => _training.Contains(reply);

    /// <summary>Tells whether training has the words that a user said: a held-out phrasing may say the same as another one, above all in few words.</summary>
    public bool IsAskedInTraining(string? userText) => userText is not null && _askedInTraining.Contains(BareWords(userText));

    /// <summary>Tells whether each three words in a row are in fresh dialogs, or the grammar can write the reply about what was said.</summary>
    public bool IsGrammatical(JudgedReply reply) => HasFamiliarWords(reply.Text) || _parser.Accepts(reply);

    /// <summary>Tells whether each three words in a row are in fresh dialogs, all names counting as one.</summary>
    public bool HasFamiliarWords(string reply) => reply.Length > 0 && Trigrams(reply).All(_trigrams.Contains);

    public Temperament TemperamentOf(string reply) => _temperaments.Recognise(reply);

    public MoodBand MoodOf(string reply) => _moods.Recognise(reply);

    private static string BareWords(string text) => string.Join(' ', Words.Of(text).Where(word => char.IsLetterOrDigit(word[0])));

    private IEnumerable<string> Trigrams(string reply) =>
        Words.Sequences([.. Words.Of(reply).Select(word => _names.Contains(word) ? "@" : word)], 3, withEnds: true);
}
