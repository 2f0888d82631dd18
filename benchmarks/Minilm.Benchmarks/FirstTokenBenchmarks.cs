using BenchmarkDotNet.Attributes;

namespace Minilm.Benchmarks;

/// <summary>Time to first token on a model of 30 million parameters: a call that generates one token.</summary>
[MemoryDiagnoser]
public class FirstTokenBenchmarks
{
    private LlamaModel _model = null!;
    private CompletionOptions _options = null!;
    private string _prompt = null!;

    /// <summary>Gets or sets the length of the prompt in tokens, about.</summary>
    [Params(16, 400)]
    public int PromptTokens { get; set; }

    [GlobalSetup]
    public void Load()
    {
        _model = BenchmarkModels.Load(BenchmarkModels.Size30M);
        _options = BenchmarkModels.Endless(_model, tokens: 1);
        _prompt = "";
        while (_model.CountTokens(_prompt) < PromptTokens)
        {
            _prompt += "7 8 ";
        }
    }

    [GlobalCleanup]
    public void Free() => _model.Dispose();

    [Benchmark]
    public Completion FirstToken() => _model.Predict(_prompt, _options);
}
