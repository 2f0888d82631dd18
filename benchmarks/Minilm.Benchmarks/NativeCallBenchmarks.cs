using BenchmarkDotNet.Attributes;
using Minilm.Interop;

namespace Minilm.Benchmarks;

/// <summary>What one call into the library costs beside its work.</summary>
[MemoryDiagnoser]
public class NativeCallBenchmarks
{
    private LlamaModel _model = null!;
    private byte[] _piece = null!;

    [GlobalSetup]
    public void Load()
    {
        _model = BenchmarkModels.Load(BenchmarkModels.Tiny);
        _piece = new byte[64];
    }

    [GlobalCleanup]
    public void Free() => _model.Dispose();

    [Benchmark(Baseline = true, Description = "plain call, no arguments")]
    public uint Plain() => NativeMethods.minilm_seam_version();

    [Benchmark(Description = "handle kept alive, no GC transition")]
    public bool IsEndOfGeneration() => _model.Vocab.IsEndOfGeneration(7);

    [Benchmark(Description = "handle kept alive, pinned buffer")]
    public int GetPiece() => _model.Vocab.GetPiece(77, _piece, special: false);
}
