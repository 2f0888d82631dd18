using System.Text.Json;
using Minilm.Dialog.Text;

namespace Minilm.Tests.Dialog.Replies;

/// <summary>Lines that people wrote for real cards are what good replies look like.</summary>
public sealed class RealCardLinesTests
{
    [Test]
    public void Clean_leaves_lines_of_real_cards_alone()
    {
        string[] lines = Read();
        Assert.That(lines, Has.Length.GreaterThan(300));
        foreach (string line in lines)
        {
            Assert.That(ReplyCleaner.Clean(line, new ReplyCleaning { CharacterName = "Luna", UserName = "Mia", Prompt = "You are Luna.\n\nYour response:" }), Is.EqualTo(line));
        }
    }

    [Test]
    public void Analysis_tells_something_of_most_lines_of_real_cards()
    {
        string[] lines = Read();
        int told = lines.Count(line => ReplyAnalysis.Type(line) != "casual" || ReplyAnalysis.Tone(line) != "neutral"
            || ReplyAnalysis.Topics(line).Count > 0 || ReplyAnalysis.Animation(line, ["talking", "sad", "sleeping", "eating", "thinking", "calm", "shy"]) != "talking");
        Assert.That(told, Is.GreaterThan(lines.Length / 2));
    }

    private static string[] Read()
    {
        string card = TestData.Get("characters", "desktop-companion", "assets", "characters", "default", "character.json");
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(card, "..", ".."), "*.json", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            lines.UnionWith(Responses(document.RootElement));
        }
        return [.. lines];
    }

    private static IEnumerable<string> Responses(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Responses),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.NameEquals("responses") && member.Value.ValueKind == JsonValueKind.Array
            ? member.Value.EnumerateArray().Select(line => line.GetString()!)
            : Responses(member.Value)),
        _ => [],
    };
}
