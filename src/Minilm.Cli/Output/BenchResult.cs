namespace Minilm.Cli.Output;

/// <summary>What <c>bench --json</c> prints. A test that was left out is null.</summary>
internal sealed record BenchResult
{
    public required BenchTest? Prefill { get; init; }

    public required BenchTest? Decode { get; init; }

    public required int Threads { get; init; }

    public required string FlashAttention { get; init; }

    public required int Repetitions { get; init; }

    public required string Backend { get; init; }
}

/// <summary>One test: how many tokens, and how many a second.</summary>
internal sealed record BenchTest(int Tokens, MeanAndDeviation TokensPerSecond);

/// <summary>A mean and the sample standard deviation.</summary>
internal sealed record MeanAndDeviation(double Mean, double Stddev);
