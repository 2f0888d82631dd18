using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Minilm.Dialog;
using Minilm.Dialog.Cards;

namespace Minilm.Tests;

/// <summary>Publishes a host for .NET 8 together with its runtime, runs it, and expects of it what these assemblies for .NET 10 give.</summary>
public sealed class Net8SmokeTests
{
    private const string Project = "Minilm.Net8Smoke";
    private const string Prompt = "Once upon a time";

    private const string Speaker = """
        "dialogBackend": {"enabled": true, "defaultBackend": "llm", "responseTimeout": 0, "backends": {"llm":
            {"modelPath": MODEL, "temperature": 0, "contextSize": 512, "threads": 1, "timeoutMs": 0, "fallbackEnabled": false}}}
        """;

    private const string Liner = """
        "dialogBackend": {"enabled": true, "defaultBackend": "markov_chain", "confidenceThreshold": 0, "responseTimeout": 0, "backends": {"markov_chain":
            {"trainingData": ["The kettle sings and the morning is ours.", "The kettle is on. Dr. Oak says the rain is ours.",
                "A slow morning is the best kind of morning.", "The rain sings on the roof and the cat is asleep."]}}}
        """;

    private static readonly string[] Schemas =
    [
        """{"anyOf": [{"const": 1}, {"type": "string"}]}""",
        """{"allOf": [{"enum": [1, -0.0, {"a": [true], "b": "x"}]}, {"enum": [10e-1, 0, {"b": "x", "a": [true]}]}]}""",
        """{"allOf": [{"const": 1}, {"const": -1}]}""",
        """{"properties": {"a": {"type": "string", "type": "string"}}}""",
        """{"const": "\ud800"}""",
    ];

    [Test]
    public async Task A_host_on_net8_gets_what_a_host_on_net10_gets()
    {
        using var folder = new TemporaryFolder();
        string speaker = folder.Write("speaker.json", Card(Speaker));
        string liner = folder.Write("liner.json", Card(Liner));
        string program = await PublishAsync();
        (int exitCode, string output, string errors) = await RunAsync(program, [TestModels.Tiny, speaker, liner, .. Schemas]);
        Assert.That(exitCode, Is.Zero, errors);
        JsonElement seen = JsonDocument.Parse(output).RootElement;
        using LlamaModel model = TestModels.LoadTiny();
        string completion = model.Predict(Prompt, new CompletionOptions { Temperature = 0, MaxTokens = 12 }).Text;
        string[][] replies = [await ReplyAsync(speaker), await ReplyAsync(liner)];

        Assert.Multiple(() =>
        {
            Assert.That(seen.GetProperty("Runtime").GetString(), Does.StartWith(".NET 8."));
            Assert.That(seen.GetProperty("Target").GetString(), Is.EqualTo(".NETCoreApp,Version=v8.0"));
            foreach (string way in new[] { "Own", "Extension", "Asynchronous", "Streamed" })
            {
                Assert.That(seen.GetProperty(way).GetString(), Is.EqualTo(completion), way);
            }
            Assert.That(seen.GetProperty("Tokens").GetInt32(), Is.EqualTo(model.CountTokens(Prompt)));
            Assert.That(replies.Select(reply => reply[0]), Is.EqualTo(new[] { "llm", "markov_chain" }));
            Assert.That(seen.GetProperty("Replies").Deserialize<string[][]>(), Is.EqualTo(replies));
            Assert.That(seen.GetProperty("Grammars").Deserialize<string[]>(), Is.EqualTo(Schemas.Select(Grammar)));
        });
    }

    private static string Card(string backend) =>
        $$"""{"name": "Tilda", "description": "keeps a lighthouse", "animations": {"idle": "idle.gif", "talking": "talking.gif"}, "dialogs": [], {{backend.Replace("MODEL", JsonSerializer.Serialize(TestModels.Companion))}}}""";

    private static async Task<string[]> ReplyAsync(string card)
    {
        using var manager = new DialogManager(CharacterCard.Load(card), new DialogManagerOptions { Seed = 1 });
        await manager.PrepareAsync();
        DialogResponse response = await manager.RespondAsync(new DialogContext { Trigger = DialogTriggers.Talk, UserText = "How are you?" });
        return [response.Backend, response.Text];
    }

    private static string Grammar(string schema)
    {
        try
        {
            return JsonSchemaGrammar.Convert(schema);
        }
        catch (JsonSchemaException problem)
        {
            return problem.Message;
        }
    }

    /// <summary>Publishes the host; the end of the test, with the reason, where there is no SDK or the runtime's packages cannot be had.</summary>
    private static async Task<string> PublishAsync()
    {
        string configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string runtime = RuntimeInformation.RuntimeIdentifier;
        try
        {
            (int exitCode, string output, string errors) = await RunAsync("dotnet",
                ["publish", Repository.PathOf($"tests/{Project}/{Project}.csproj"), "--configuration", configuration, $"-p:SmokeRuntime={runtime}",
                 "--disable-build-servers", "--nologo", "-tl:off", "-v:q"]);
            if (exitCode != 0 && (output + errors) is var words && (words.Contains("error NU1", StringComparison.Ordinal) || words.Contains("No .NET SDKs were found", StringComparison.Ordinal)))
            {
                Assert.Ignore($"The runtime of .NET 8 for {runtime} could not be restored here:\n{words}");
            }
            Assert.That(exitCode, Is.Zero, output + errors);
        }
        catch (Win32Exception problem)
        {
            Assert.Ignore($"There is no 'dotnet' on the path: {problem.Message}");
        }
        return Repository.PathOf($"artifacts/dotnet/publish/{Project}/{configuration}_{runtime}/{Project}{(OperatingSystem.IsWindows() ? ".exe" : "")}");
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
