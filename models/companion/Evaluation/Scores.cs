using Minilm.Companion.Dialogs;
using Minilm.Companion.Grammar;

namespace Minilm.Companion.Evaluation;

/// <summary>A reply to the last turn of a dialog: the model's, or the gold one.</summary>
internal sealed record JudgedReply(SampledDialog Dialog, string Text)
{
    public SampledTurn Turn => Dialog.Turns[^1];
}

/// <summary>What is measured of replies, all as shares from 0 to 1.</summary>
internal sealed class Scores(IReadOnlyList<JudgedReply> replies, Gold gold)
{
    public double Fit => Share(replies, Fits);

    public double Grammatical => Share(replies, gold.IsGrammatical);

    public double FamiliarWords => Share(replies, reply => gold.HasFamiliarWords(reply.Text));

    public double Temperament => Share(replies, HasTemperament);

    /// <summary>Gets the share recognised as happy or sad where the persona is; replies need not show a mood, so it is to be compared with that of gold replies.</summary>
    public double Mood => Share([.. replies.Where(reply => reply.Dialog.Persona.MoodBand != MoodBand.Neutral)], reply => gold.MoodOf(reply.Text) == reply.Dialog.Persona.MoodBand);

    public double Recited => Share(replies, reply => gold.IsRecited(reply.Text));

    public double FitOf(TurnKind kind) => Share([.. replies.Where(reply => reply.Turn.Kind == kind)], Fits);

    public double FitOf(string topic) => Share([.. replies.Where(reply => reply.Turn.Topic.Name == topic)], Fits);

    public double TemperamentOf(Temperament temperament) => Share([.. replies.Where(reply => reply.Dialog.Persona.Temperament == temperament)], HasTemperament);

    /// <summary>Gives the share of different sequences of words among all of them.</summary>
    public double Distinct(int length)
    {
        string[] all = [.. replies.SelectMany(reply => Words.Sequences(Words.Of(reply.Text), length))];
        return all.Length == 0 ? 0 : (double)all.Distinct(StringComparer.Ordinal).Count() / all.Length;
    }

    /// <summary>Gives how often a reply would also pass for one of a topic drawn at random: the classifier's error of the other kind.</summary>
    public double FalseFit(IReadOnlyList<Topic> topics, Random random) =>
        Share(replies, reply => TopicClassifier.Fits(topics.Where(topic => topic != reply.Turn.Topic).ElementAt(random.Next(topics.Count - 1)), reply.Text, []));

    public static bool Fits(JudgedReply reply) => TopicClassifier.Fits(reply.Turn.Topic, reply.Text, reply.Turn.Values);

    public bool HasTemperament(JudgedReply reply) => gold.TemperamentOf(reply.Text) == reply.Dialog.Persona.Temperament;

    private static double Share<T>(IReadOnlyCollection<T> items, Func<T, bool> has) => items.Count == 0 ? double.NaN : (double)items.Count(has) / items.Count;
}
