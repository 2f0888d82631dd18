namespace Minilm.Cli.Measuring;

/// <summary>Tokens per second over several repetitions.</summary>
internal sealed record Throughput
{
    private Throughput(double mean, double standardDeviation)
    {
        Mean = mean;
        StandardDeviation = standardDeviation;
    }

    public double Mean { get; }

    /// <summary>Gets the sample standard deviation (n - 1); 0 for a single repetition.</summary>
    public double StandardDeviation { get; }

    public static Throughput Of(IReadOnlyList<double> tokensPerSecond)
    {
        double mean = tokensPerSecond.Average();
        double squares = tokensPerSecond.Sum(sample => (sample - mean) * (sample - mean));
        return new Throughput(mean, tokensPerSecond.Count > 1 ? Math.Sqrt(squares / (tokensPerSecond.Count - 1)) : 0);
    }
}
