using System.CommandLine;
using Minilm.Companion.Dialogs;
using Minilm.Companion.Export;
using Minilm.Companion.Grammar;
using Minilm.Dialog;

namespace Minilm.Companion.Evaluation;

/// <summary><c>evaluate</c>: judges a model's replies to held-out personas, phrasings and subjects, and prints the table of the model card.</summary>
internal sealed class EvaluateCommand : Command
{
    private const int Seed = 7001;

    private readonly Argument<string> _model = new("model") { Description = "The GGUF file." };
    private readonly Option<int> _count = new("--dialogs") { Description = "The number of held-out dialogs.", HelpName = "N", DefaultValueFactory = _ => 3000 };
    private readonly Option<int> _training = new("--training") { Description = "The number of dialogs that training read: what is recited, and which questions it knows.", HelpName = "N", DefaultValueFactory = _ => 290_000 };
    private readonly Option<float> _temperature = new("--temperature") { Description = "The temperature.", HelpName = "T", DefaultValueFactory = _ => Recommended.Temperature };
    private readonly Option<int> _misses = new("--misses") { Description = "Prints so many replies that missed, and of those that only the parser takes for grammatical, of each kind.", HelpName = "N" };

    public EvaluateCommand()
        : base("evaluate", "Judges a model's replies on dialogs that are held out from training.")
    {
        Add(_model);
        Add(_count);
        Add(_training);
        Add(_temperature);
        Add(_misses);
        Add(Workplace.RootOption);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = parsed.GetRequiredValue(_model), Temperature = parsed.GetValue(_temperature) });
        model.Initialize();
        Workplace workplace = Workplace.Open(parsed.GetRequiredValue(Workplace.RootOption));
        var gold = new Gold(workplace, parsed.GetValue(_training));
        var random = new Random(Seed);
        SampledDialog[] dialogs = [.. Sampled().Where(dialog => !gold.IsAskedInTraining(dialog.Turns[^1].UserText)).Take(parsed.GetValue(_count))];

        JudgedReply[] replies = [.. dialogs.Select((dialog, i) => new JudgedReply(dialog, Reply(model, dialog.Messages(), i)))];
        var ours = new Scores(replies, gold);
        var theirs = new Scores([.. dialogs.Select(dialog => new JudgedReply(dialog, dialog.Turns[^1].Reply))], gold);
        double perplexity = Perplexity.Of(model, dialogs.Take(1000).Select(dialog => (dialog.Messages(), dialog.Turns[^1].Reply)));
        Print(workplace, ours, theirs, perplexity, dialogs.Length, gold.TrainingReplies);
        PrintIntrusions(workplace, model, gold);
        PrintMisses(replies, gold, ours, parsed.GetValue(_misses));
        return 0;

        IEnumerable<SampledDialog> Sampled()
        {
            while (true)
            {
                yield return workplace.Dialogs.Sample(random, Split.HeldOut);
            }
        }
    }

    private static string Reply(LlamaModel model, IReadOnlyList<ChatMessage> messages, int seed) =>
        model.PredictChat(messages, new CompletionOptions { MaxTokens = 60, Seed = (uint)seed }).Text.Trim();

    private static void Print(Workplace workplace, Scores ours, Scores gold, double perplexity, int count, int trainingReplies)
    {
        Console.WriteLine($"Held-out dialogs: {count:N0}; different replies in training: {trainingReplies:N0}; perplexity of gold replies: {perplexity:0.000} per token");
        Console.WriteLine();
        Console.WriteLine("| Measure | Model | Gold |");
        Console.WriteLine("|---|---|---|");
        Row("Fits the topic or trigger", ours.Fit, gold.Fit);
        foreach (TurnKind kind in Enum.GetValues<TurnKind>())
        {
            Row($"... {KindName(kind)}", ours.FitOf(kind), gold.FitOf(kind));
        }
        Row("... a subject that no one spoke of in training", ours.FitOf("subjects"), gold.FitOf("subjects"));
        Row("... nonsense is not understood", ours.FitOf("nonsense"), gold.FitOf("nonsense"));
        Row("... unknown facts are not known", ours.FitOf("facts"), gold.FitOf("facts"));
        IReadOnlyList<Topic> all = [.. workplace.Grammar.Topics, .. workplace.Grammar.Triggers];
        Row("Would also fit a topic drawn at random", ours.FalseFit(all, new Random(1)), gold.FalseFit(all, new Random(1)));
        Row("Grammatical", ours.Grammatical, gold.Grammatical);
        Row("... every three words are in fresh dialogs", ours.FamiliarWords, gold.FamiliarWords);
        Row("Temperament recognised (chance 16.7 %)", ours.Temperament, gold.Temperament);
        foreach (Temperament temperament in Temperaments.All)
        {
            Row($"... {temperament.Key()}", ours.TemperamentOf(temperament), gold.TemperamentOf(temperament));
        }
        Row("Mood recognised, happy or sad (chance 50 %)", ours.Mood, gold.Mood);
        for (int length = 1; length <= 3; length++)
        {
            Row($"Distinct-{length}", ours.Distinct(length), gold.Distinct(length));
        }
        Row("Same as a reply of the training", ours.Recited, gold.Recited);
    }

    // Users of the project's own characters write what is meant to make them forget who they are.
    private static void PrintIntrusions(Workplace workplace, LlamaModel model, Gold gold)
    {
        Topic stay = workplace.Grammar.Topics.Single(topic => topic.Name == "stay");
        int total = 0, inCharacter = 0, onTopic = 0;
        var random = new Random(Seed);
        foreach (Temperament temperament in Temperaments.All)
        {
            foreach (string text in Intrusions.Texts)
            {
                Persona persona = workplace.Personas.OfCard(random, temperament, Split.HeldOut);
                var dialog = new SampledDialog(persona, [new SampledTurn(stay, TurnKind.Topic, "break", DialogTriggers.Talk, text, Reply: "", [])]);
                var reply = new JudgedReply(dialog, Reply(model, dialog.Messages(), total++));
                inCharacter += gold.TemperamentOf(reply.Text) == temperament && gold.IsGrammatical(reply) ? 1 : 0;
                onTopic += TopicClassifier.Fits(stay, reply.Text, [persona.Name]) ? 1 : 0;
            }
        }
        Console.WriteLine($"| Stays in character when told to leave it, control tokens included ({total}) | {(double)inCharacter / total:P1} | |");
        Console.WriteLine($"| ... and says that it stays | {(double)onTopic / total:P1} | |");
    }

    private static void PrintMisses(IReadOnlyList<JudgedReply> replies, Gold gold, Scores scores, int count)
    {
        Show("misses the topic", reply => !Scores.Fits(reply));
        Show("is not grammatical", reply => !gold.IsGrammatical(reply));
        Show("is grammatical as a line alone", reply => gold.IsGrammatical(reply) && !gold.HasFamiliarWords(reply.Text));
        Show("has another temperament", reply => !scores.HasTemperament(reply));

        void Show(string what, Func<JudgedReply, bool> misses)
        {
            foreach (JudgedReply reply in replies.Where(misses).Take(count))
            {
                Console.WriteLine($"{what}: {reply.Dialog.Persona.Temperament.Key()}, {reply.Turn.Topic.Name} ({KindName(reply.Turn.Kind)}): {reply.Turn.UserText} -> {reply.Text}");
            }
        }
    }

    private static string KindName(TurnKind kind) => kind == TurnKind.FollowUp ? "follow-up" : kind.ToString().ToLowerInvariant();

    private static void Row(string measure, double ours, double gold) => Console.WriteLine($"| {measure} | {ours:P1} | {gold:P1} |");
}
