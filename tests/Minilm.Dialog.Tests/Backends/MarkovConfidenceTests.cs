using System.Globalization;
using System.Text.Json;
using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Backends.Markov;
using Minilm.Dialog.Cards;

namespace Minilm.Tests.Dialog.Backends;

/// <summary>What the confidence of the Markov backend is worth on the chains of real cards.</summary>
[TestFixture]
public class MarkovConfidenceTests
{
    private const int RepliesPerCard = 200;

    [Test]
    public async Task Confidence_passes_the_threshold_when_a_real_card_has_ten_lines()
    {
        List<double> medians = [];
        foreach ((string name, MarkovConfig config) in RealChains())
        {
            using var backend = new MarkovBackend(config, new CharacterCard { Name = "Bo" }, seed: 1);
            List<DialogResponse> replies = await Replies(backend);
            double[] confidences = [.. replies.Select(reply => reply.Confidence).Order()];
            double median = confidences[RepliesPerCard / 2];
            int fresh = replies.Count(reply => !config.TrainingData.Contains(reply.Text, StringComparer.Ordinal));
            await TestContext.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{confidences[0]:F2} {confidences[RepliesPerCard / 4]:F2} {median:F2} {confidences[RepliesPerCard * 3 / 4]:F2} {confidences[^1]:F2}  lines {config.TrainingData.Count,2}  new {fresh * 100 / RepliesPerCard,2} %  {name}"));
            if (config.TrainingData.Count >= 10)
            {
                medians.Add(median);
                Assert.That(median, Is.GreaterThan(0.5), name);
            }
        }

        Assert.That(medians, Has.Count.GreaterThanOrEqualTo(20));
    }

    [Test]
    public async Task Confidence_stays_below_the_threshold_when_there_are_two_short_lines()
    {
        using var backend = new MarkovBackend(new MarkovConfig { TrainingData = ["Oh, it is you.", "Good to see you."] }, new CharacterCard(), seed: 1);

        List<DialogResponse> replies = await Replies(backend);

        Assert.That(replies.Select(reply => reply.Confidence), Has.All.LessThan(0.5));
    }

    [Test]
    public async Task Confidence_stays_below_the_threshold_when_texts_must_be_cut()
    {
        string[] lines = [.. Enumerable.Range(0, 40).Select(i => $"a{i} b{i} c{i} d{i} e{i} f{i}.")];
        using var backend = new MarkovBackend(new MarkovConfig { TrainingData = lines, MinWords = 2, MaxWords = 4 }, new CharacterCard(), seed: 1);

        List<DialogResponse> replies = await Replies(backend);

        Assert.That(replies.Select(reply => reply.Confidence), Has.All.LessThan(0.5));
    }

    private static async Task<List<DialogResponse>> Replies(MarkovBackend backend)
    {
        var request = new DialogRequest { Context = new DialogContext { Trigger = DialogTriggers.Click } };
        List<DialogResponse> replies = [];
        for (int i = 0; i < RepliesPerCard; i++)
        {
            replies.Add(await backend.RespondAsync(request, CancellationToken.None));
        }

        return replies;
    }

    private static IEnumerable<(string Name, MarkovConfig Config)> RealChains()
    {
        string known = TestData.Get("characters", "minilm", "assets", "characters", "default", "character.json");
        string root = known[..known.LastIndexOf("minilm", StringComparison.Ordinal)];
        foreach (string path in Directory.EnumerateFiles(root, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (new FileInfo(path).Length == 0)
            {
                continue;
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.TryGetProperty("dialogBackend", out JsonElement dialog)
                && dialog.TryGetProperty("backends", out JsonElement backends)
                && backends.TryGetProperty("markov_chain", out JsonElement chain)
                && chain.TryGetProperty("trainingData", out JsonElement lines))
            {
                yield return (Path.GetRelativePath(root, path), Config(chain, lines));
            }
        }
    }

    private static MarkovConfig Config(JsonElement chain, JsonElement lines)
    {
        var defaults = new MarkovConfig();
        return new MarkovConfig
        {
            ChainOrder = Read("chainOrder", defaults.ChainOrder, value => value.GetInt32()),
            MinWords = Read("minWords", defaults.MinWords, value => value.GetInt32()),
            MaxWords = Read("maxWords", defaults.MaxWords, value => value.GetInt32()),
            TemperatureMin = Read("temperatureMin", defaults.TemperatureMin, value => value.GetDouble()),
            TemperatureMax = Read("temperatureMax", defaults.TemperatureMax, value => value.GetDouble()),
            TrainingData = [.. lines.EnumerateArray().Select(line => line.GetString()!)],
        };

        T Read<T>(string key, T fallback, Func<JsonElement, T> get) => chain.TryGetProperty(key, out JsonElement value) ? get(value) : fallback;
    }
}
