using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using Minilm.Benchmarks;

// 'native', 'deadline', 'depth', 'dialogs' and 'companion' measure whole processes and whole calls; everything else is BenchmarkDotNet's.
if (args is ["native" or "deadline" or "depth" or "dialogs" or "companion", ..])
{
    var root = new RootCommand("Measurements that BenchmarkDotNet does not fit.") { NativeComparison.Command(), DeadlineMeasurement.Command(), DepthMeasurement.Command(), DialogMeasurement.Command(), CompanionMeasurement.Command() };
    return await root.Parse(args).InvokeAsync();
}
IConfig config = DefaultConfig.Instance
    .AddJob(Job.Default.WithWarmupCount(3).WithIterationCount(15).AsDefault()) // all of them within ten minutes
    .AddColumn(StatisticColumn.Median);
BenchmarkSwitcher.FromAssembly(typeof(BenchmarkModels).Assembly).Run(args, config);
return 0;
