using System.CommandLine;
using System.Text.Json;
using Minilm.Companion.Grammar;

namespace Minilm.Companion.Dialogs;

/// <summary><c>generate</c>: writes dialogs for training, and such as are held out from it.</summary>
internal sealed class GenerateCommand : Command
{
    private readonly Argument<string> _folder = new("folder") { Description = "Where training.jsonl and held-out.jsonl are written." };
    private readonly Option<int> _count = new("--count") { Description = "The number of dialogs for training.", HelpName = "N", DefaultValueFactory = _ => 290_000 };
    private readonly Option<int> _seed = new("--seed") { Description = "The same seed gives the same dialogs.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public GenerateCommand()
        : base("generate", "Samples dialogs from the grammar.")
    {
        Add(_folder);
        Add(_count);
        Add(_seed);
        Add(Workplace.RootOption);
        SetAction(parsed =>
        {
            Workplace workplace = Workplace.Open(parsed.GetRequiredValue(Workplace.RootOption));
            string folder = Directory.CreateDirectory(parsed.GetRequiredValue(_folder)).FullName;
            int seed = parsed.GetValue(_seed);
            Write(workplace, Path.Combine(folder, "training.jsonl"), parsed.GetValue(_count), new Random(seed), Split.Training);
            Write(workplace, Path.Combine(folder, "held-out.jsonl"), 2000, new Random(seed + 1), Split.HeldOut);
            return 0;
        });
    }

    private static void Write(Workplace workplace, string path, int count, Random random, Split split)
    {
        using FileStream stream = File.Create(path);
        for (int i = 0; i < count; i++)
        {
            SampledDialog dialog = workplace.Dialogs.Sample(random, split);
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                json.WriteStartArray("messages");
                foreach (ChatMessage message in dialog.Messages().Append(new ChatMessage(ChatMessage.Assistant, dialog.Turns[^1].Reply)))
                {
                    json.WriteStartObject();
                    json.WriteString("role", message.Role);
                    json.WriteString("content", message.Content);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteStartArray("intents");
                foreach (SampledTurn turn in dialog.Turns)
                {
                    json.WriteStringValue($"{turn.Topic.Name}/{turn.Group}");
                }
                json.WriteEndArray();
                json.WriteStartArray("values");
                foreach (string value in ValuesOf(dialog))
                {
                    json.WriteStringValue(value);
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            stream.WriteByte((byte)'\n');
        }
        Console.WriteLine($"{path}: {count:N0} dialogs");
    }

    // What replies take over from the persona and from the user, word for word.
    private static IEnumerable<string> ValuesOf(SampledDialog dialog) => dialog.Turns
        .SelectMany(turn => turn.Values)
        .Append(dialog.Persona.Name)
        .Append(dialog.Persona.Creature)
        .Append(dialog.Persona.UserName)
        .OfType<string>()
        .Where(value => value.Length > 0)
        .Distinct(StringComparer.Ordinal);
}
