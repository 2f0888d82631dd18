using System.Text;
using BenchmarkDotNet.Attributes;

namespace Minilm.Benchmarks;

/// <summary>Tokenizing a sentence and a page, into a caller's buffer and into an array.</summary>
[MemoryDiagnoser]
public class TokenizeBenchmarks
{
    private const string Sentence = "Once upon a time there was a small language model that lived in a game.";

    private LlamaModel _model = null!;
    private string _text = null!;
    private byte[] _utf8 = null!;
    private int[] _tokens = null!;

    /// <summary>Gets or sets how often the sentence is repeated.</summary>
    [Params(1, 60)]
    public int Sentences { get; set; }

    [GlobalSetup]
    public void Load()
    {
        _model = BenchmarkModels.Load(BenchmarkModels.Size30M);
        _text = string.Join(' ', Enumerable.Repeat(Sentence, Sentences));
        _utf8 = Encoding.UTF8.GetBytes(_text);
        _tokens = new int[_utf8.Length + 8];
    }

    [GlobalCleanup]
    public void Free() => _model.Dispose();

    [Benchmark(Description = "bytes into a buffer")]
    public int Buffer() => _model.Vocab.Tokenize(_utf8, _tokens, addSpecial: true, parseSpecial: false);

    [Benchmark(Description = "string into an array")]
    public int[] Array() => _model.Vocab.Tokenize(_text, addSpecial: true);
}
