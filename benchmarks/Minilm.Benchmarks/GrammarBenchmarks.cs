using BenchmarkDotNet.Attributes;

namespace Minilm.Benchmarks;

/// <summary>What a grammar costs per token: the same decode loop with and without one, and the conversion of a schema.</summary>
[MemoryDiagnoser]
public class GrammarBenchmarks
{
    private const int Tokens = 128;

    // Goes on for longer than is measured.
    private const string Schema = """
        {"type":"array","minItems":200,"items":{"type":"object","properties":{"name":{"type":"string","minLength":2,"maxLength":5},"age":{"type":"integer","minimum":0,"maximum":120}},"required":["name","age"]}}
        """;

    private LlamaModel _model = null!;
    private CompletionOptions _free = null!;
    private CompletionOptions _json = null!;
    private CompletionOptions _text = null!;

    /// <summary>Gets or sets the tokens of the vocabulary.</summary>
    [Params(416, 6400)]
    public int Vocabulary { get; set; }

    [GlobalSetup]
    public void Load()
    {
        _model = BenchmarkModels.Load(BenchmarkModels.WithVocabulary(Vocabulary));
        _free = BenchmarkModels.Endless(_model, Tokens);
        _json = _free with { JsonSchema = Schema };
        _text = _free with { Tools = [new ChatTool("clock", "Says what time it is.")] };
    }

    [GlobalCleanup]
    public void Free()
    {
        foreach ((string name, CompletionOptions options) in new[] { ("without a grammar", _free), ("JSON schema", _json), ("tools, free text", _text) })
        {
            Console.WriteLine(FormattableString.Invariant($"// managed bytes allocated per token after the first, {name}: {AllocatedPerToken(options):0.###}"));
        }
        _model.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Tokens, Description = "token, without a grammar")]
    public Completion WithoutGrammar() => _model.Predict("Hello", _free);

    [Benchmark(OperationsPerInvoke = Tokens, Description = "token, JSON schema")]
    public Completion JsonSchema() => _model.Predict("Hello", _json);

    [Benchmark(OperationsPerInvoke = Tokens, Description = "token, tools allowed, free text")]
    public Completion FreeTextWithTools() => _model.Predict("Hello", _text);

    [Benchmark(Description = "conversion of the schema")]
    public string Convert() => JsonSchemaGrammar.Convert(Schema);

    private double AllocatedPerToken(CompletionOptions options)
    {
        long first = 0;
        long last = 0;
        int pieces = 0;
        _model.Predict("Hello", options, _ =>
        {
            last = GC.GetAllocatedBytesForCurrentThread();
            first = pieces++ == 0 ? last : first;
        });
        return (double)(last - first) / (Tokens - 1);
    }
}
