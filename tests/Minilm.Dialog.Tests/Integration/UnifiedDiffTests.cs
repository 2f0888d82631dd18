using System.Text;
using Minilm.Cli.Output;
using Minilm.Dialog.Integration;

namespace Minilm.Tests.Dialog.Integration;

public sealed class UnifiedDiffTests
{
    private const string Settings = "\"enabled\": true, \"confidenceThreshold\": 0.5, \"memoryEnabled\": true, \"learningEnabled\": true, \"backends\": {\"llm\": {\"modelPath\": \"m\"}}";

    [Test]
    public void Of_has_a_hunk_for_each_change_far_from_the_others()
    {
        string card = "{\n \"dialogBackend\": {" + Settings + ",\n  \"defaultBackend\": \"a\",\n  \"1\": 1,\n  \"2\": 2,\n  \"3\": 3,\n  \"4\": 4,\n  \"5\": 5,\n  \"6\": 6,\n  \"7\": 7,\n  \"fallbackChain\": []\n },\n \"name\": \"A\"\n}\n";

        Assert.That(Diff(card), Is.EqualTo("""
            --- a/cards/a.json
            +++ b/cards/a.json
            @@ -1,6 +1,6 @@
             {
              "dialogBackend": {#,
            -  "defaultBackend": "a",
            +  "defaultBackend": "llm",
               "1": 1,
               "2": 2,
               "3": 3,
            @@ -8,7 +8,7 @@
               "5": 5,
               "6": 6,
               "7": 7,
            -  "fallbackChain": []
            +  "fallbackChain": ["a"]
              },
              "name": "A"
             }

            """.ReplaceLineEndings("\n").Replace("#", Settings, StringComparison.Ordinal)));
    }

    [Test]
    public void Of_joins_changes_that_are_near_or_share_a_line()
    {
        string card = "{\"name\": \"A\",\n  \"dialogBackend\": {" + Settings + ", \"defaultBackend\": \"a\",\n  \"fallbackChain\": []}}";

        Assert.That(Diff(card), Is.EqualTo("""
            --- a/cards/a.json
            +++ b/cards/a.json
            @@ -1,3 +1,3 @@
             {"name": "A",
            -  "dialogBackend": {#, "defaultBackend": "a",
            +  "dialogBackend": {#, "defaultBackend": "llm",
            -  "fallbackChain": []}}
            \ No newline at end of file
            +  "fallbackChain": ["a"]}}
            \ No newline at end of file

            """.ReplaceLineEndings("\n").Replace("#", Settings, StringComparison.Ordinal)));
    }

    [TestCase("{\"name\":\"A\",\"dialogBackend\":{\"defaultBackend\":\"b\",\"fallbackChain\":[],\"backends\":{}}}")]
    [TestCase("{\r\n\"name\":\"A\",\"dialogBackend\":{\"defaultBackend\":\"b\",\r\n\"fallbackChain\":[\r\n],\"backends\":{ }\r\n}}\r\n")]
    [TestCase("\uFEFF\n\n{\"name\":\"A\",\n\"dialogs\":[]\n\n\n\n\n\n}\n\n\n\n\n\n")]
    public void Of_leads_from_the_original_to_the_result(string card)
    {
        IntegrationPlan plan = Plan(card);

        Assert.That(Patch.Apply(card, Diff(card)), Is.EqualTo(Encoding.UTF8.GetString(plan.Result.Span)));
    }

    [TestCase("a b/c\u00a0d.json", "--- a/a b/c\u00a0d.json\t")]
    [TestCase("a/b.json", "--- a/a/b.json")]
    public void Of_ends_a_name_with_a_tab_where_patch_would_end_it_at_a_blank(string path, string header) =>
        Assert.That(UnifiedDiff.Of(path, Plan("{\"name\":\"A\",\"dialogs\":[]}")).First(), Is.EqualTo(header));

    [Test]
    public void Of_is_empty_when_nothing_changes() => Assert.That(UnifiedDiff.Of("a.json", Plan("[]")), Is.Empty);

    private static IntegrationPlan Plan(string card) => new CardIntegrator(new CardIntegratorOptions { Activate = true }).Plan(Encoding.UTF8.GetBytes(card));

    private static string Diff(string card) => string.Concat(UnifiedDiff.Of("/cards\\a.json", Plan(card)).Select(line => line + "\n"));
}
