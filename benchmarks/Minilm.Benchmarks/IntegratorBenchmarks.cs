using System.Text;
using BenchmarkDotNet.Attributes;
using Minilm.Dialog.Integration;

namespace Minilm.Benchmarks;

/// <summary>The integrator, per file: planning alone, files that are complete already, and files that are changed with a backup.</summary>
[MemoryDiagnoser]
public class IntegratorBenchmarks
{
    private const int Files = 200;

    private byte[] _card = null!;
    private byte[] _complete = null!;
    private string _folder = null!;

    /// <summary>Gets or sets the size of a card in bytes, about: the real ones have 2 to 34 thousand.</summary>
    [Params(4_000, 32_000)]
    public int CardBytes { get; set; }

    [GlobalSetup]
    public void Write()
    {
        var card = new StringBuilder("{\n  \"name\": \"Fen\",\n  \"description\": \"Measured\",\n  \"dialogs\": [");
        for (int i = 0; card.Length < CardBytes; i++)
        {
            card.Append(i > 0 ? "," : "").Append("\n    {\n      \"trigger\": \"click\",\n      \"responses\": [\"Line ").Append(i).Append(" 😊\", \"Another one!\"],\n      \"cooldown\": 5\n    }");
        }
        _card = Encoding.UTF8.GetBytes(card.Append("\n  ]\n}\n").ToString());
        _complete = new CardIntegrator().Plan(_card).Result.ToArray();
        _folder = Directory.CreateTempSubdirectory("minilm-bench-").FullName;
    }

    [GlobalCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [IterationSetup(Target = nameof(Change))]
    public void WriteCards() => WriteAll(_card);

    [IterationSetup(Target = nameof(Skip))]
    public void WriteCompleteCards() => WriteAll(_complete);

    [Benchmark(Description = "plan, no file")]
    public IntegrationPlan Plan() => new CardIntegrator().Plan(_card);

    [Benchmark(Description = "complete file", OperationsPerInvoke = Files)]
    public int Skip() => Count(IntegrationVerdict.AlreadyIntegrated);

    [Benchmark(Description = "changed file, with backup", OperationsPerInvoke = Files)]
    public int Change() => Count(IntegrationVerdict.Integrated);

    private int Count(IntegrationVerdict verdict)
    {
        int count = new CardFileIntegrator().Integrate(_folder).Count(result => result.Verdict == verdict);
        return count == Files ? count : throw new InvalidOperationException($"{count} of {Files} files are {verdict}.");
    }

    private void WriteAll(byte[] card)
    {
        foreach (string file in Directory.EnumerateFiles(_folder))
        {
            File.Delete(file);
        }
        for (int i = 0; i < Files; i++)
        {
            File.WriteAllBytes(Path.Combine(_folder, $"{i:000}.json"), card);
        }
    }
}
