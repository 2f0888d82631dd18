using BenchmarkDotNet.Attributes;

namespace Minilm.Benchmarks;

/// <summary>The decode loop, per token: through a whole call, and driven by a host on the public parts.</summary>
[MemoryDiagnoser]
public class DecodeLoopBenchmarks
{
    private const int Tokens = 256;

    private LlamaModel _model = null!;
    private LlamaContext _context = null!;
    private LlamaSampler _sampler = null!;
    private CompletionOptions _options = null!;
    private byte[] _piece = null!;
    private int _token;
    private int _position;

    [GlobalSetup]
    public void Load()
    {
        _model = BenchmarkModels.Load(BenchmarkModels.Tiny);
        _options = BenchmarkModels.Endless(_model, Tokens);
        _context = _model.CreateContext();
        _sampler = new LlamaSampler(_model.Vocab).AddGreedy();
        _piece = new byte[64];
        _token = _model.Vocab.BeginningOfText!.Value;
    }

    [GlobalCleanup]
    public void Free()
    {
        Console.WriteLine($"// managed bytes allocated per token after the first: {AllocatedPerToken():0.###}");
        _sampler.Dispose();
        _context.Dispose();
        _model.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Tokens, Description = "Predict of 256 tokens, its text included")]
    public Completion Predict() => _model.Predict("Hello", _options);

    [Benchmark(Description = "decode, sample, end test, piece")]
    public int HostLoop()
    {
        if (_position == _context.ContextSize)
        {
            _context.ClearMemory();
            _position = 0;
        }
        _context.Decode(new ReadOnlySpan<int>(in _token), _position++);
        _token = _sampler.Sample(_context) ?? 0;
        return _model.Vocab.IsEndOfGeneration(_token) ? 0 : _model.Vocab.GetPiece(_token, _piece, special: false);
    }

    /// <summary>Measures inside one call, between the text of its first and of its last token.</summary>
    private double AllocatedPerToken()
    {
        long first = 0;
        long last = 0;
        int pieces = 0;
        _model.Predict("Hello", _options, _ =>
        {
            last = GC.GetAllocatedBytesForCurrentThread();
            first = pieces++ == 0 ? last : first;
        });
        return (double)(last - first) / (Tokens - 1);
    }
}
