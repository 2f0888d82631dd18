namespace Minilm.Benchmarks;

internal static class Statistics
{
    public static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    /// <summary>Interpolates between the two nearest ranks.</summary>
    public static double Percentile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        double rank = share * (sorted.Length - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
