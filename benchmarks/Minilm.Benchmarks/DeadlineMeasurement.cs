using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace Minilm.Benchmarks;

/// <summary>How far past its deadline a call returns when the deadline falls into the prompt.</summary>
internal static class DeadlineMeasurement
{
    private static readonly int[] Deadlines = [5, 20, 100, 500];

    public static Command Command()
    {
        var calls = new Option<int>("--calls") { Description = "Calls for each deadline.", DefaultValueFactory = _ => 200 };
        var microBatch = new Option<int>("--micro-batch") { Description = "Tokens computed at once; 0 is the default.", DefaultValueFactory = _ => 0 };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 is the physical cores.", DefaultValueFactory = _ => 0 };
        var command = new Command("deadline", "How far past its deadline a call returns in the middle of a prompt of 2,048 tokens, on a generated model of 30 million parameters.") { calls, microBatch, threads };
        command.SetAction(parsed => Run(parsed.GetValue(calls), parsed.GetValue(microBatch), parsed.GetValue(threads)));
        return command;
    }

    private static int Run(int calls, int microBatch, int threads)
    {
        using LlamaModel model = BenchmarkModels.Load(BenchmarkModels.Size30M, options =>
        {
            options.MicroBatchSize = microBatch;
            options.Threads = threads;
            options.ContextSize = 2048;
        });
        string prompt = FillContext(model);
        CompletionOptions oneToken = BenchmarkModels.Endless(model, tokens: 1);
        model.Predict(prompt, oneToken);

        Completion whole = model.Predict(prompt, oneToken);
        double prefill = whole.Usage.PromptTokens / whole.Usage.TimeToFirstToken!.Value.TotalSeconds;
        Print($"{model.GetModelInfo().Description}, {model.GetModelInfo().Threads} threads, micro-batch {(microBatch > 0 ? microBatch : LlamaContextOptions.DefaultMicroBatchSize)}");
        Print($"prompt of {whole.Usage.PromptTokens} tokens, {prefill:0} tokens/s without a deadline ({whole.Usage.TotalTime.TotalMilliseconds:0} ms)");
        Print($"past the deadline, in ms, of {calls} calls each:");
        Print($"{"deadline",10}{"timeouts",10}{"median",9}{"p99",9}{"max",9}");
        foreach (int deadline in Deadlines)
        {
            var late = new List<double>(calls);
            int timeouts = 0;
            for (int i = 0; i < calls; i++)
            {
                long start = Stopwatch.GetTimestamp();
                Completion completion = model.Predict(prompt, oneToken with { Timeout = TimeSpan.FromMilliseconds(deadline) });
                late.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds - deadline);
                timeouts += completion.FinishReason == FinishReason.Timeout ? 1 : 0;
            }
            Print($"{deadline,7} ms{timeouts,10}{Statistics.Median(late),9:0.00}{Statistics.Percentile(late, 0.99),9:0.00}{late.Max(),9:0.00}");
        }
        Completion after = model.Predict("Hello", BenchmarkModels.Endless(model, tokens: 8));
        Print($"the next call: {after.FinishReason}, {after.Usage.CompletionTokens} tokens");
        return 0;
    }

    private static string FillContext(LlamaModel model)
    {
        string prompt = "";
        while (model.CountTokens(prompt + "7 8 ") < model.ContextSize - 1)
        {
            prompt += "7 8 ";
        }
        return prompt;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
