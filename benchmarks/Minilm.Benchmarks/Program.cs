using System.CommandLine;
using BenchmarkDotNet.Running;
using Minilm.Benchmarks;

// 'native' and 'deadline' measure whole processes and whole calls; everything else is BenchmarkDotNet's.
if (args is ["native" or "deadline", ..])
{
    var root = new RootCommand("Measurements that BenchmarkDotNet does not fit.") { NativeComparison.Command(), DeadlineMeasurement.Command() };
    return root.Parse(args).Invoke();
}
BenchmarkSwitcher.FromAssembly(typeof(BenchmarkModels).Assembly).Run(args);
return 0;
