using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Minilm.Benchmarks;

/// <summary>Runs <c>minilm bench</c> and llama-bench in turn on the same file, threads and library.</summary>
internal static class NativeComparison
{
    public static Command Command()
    {
        var model = new Option<FileInfo>("--model") { Description = "The GGUF file.", Required = true };
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        var pairs = new Option<int>("--pairs") { Description = "Runs of each.", DefaultValueFactory = _ => 5 };
        var repetitions = new Option<int>("--repetitions") { Description = "Repetitions within a run.", DefaultValueFactory = _ => 5 };
        var prompt = new Option<int>("--n-prompt") { Description = "Tokens of the prefill test.", DefaultValueFactory = _ => 512 };
        var generate = new Option<int>("--n-gen") { Description = "Tokens of the decode test.", DefaultValueFactory = _ => 128 };
        var flashAttention = new Option<string>("--flash-attn") { Description = "on, off or auto, for both.", DefaultValueFactory = _ => "auto" };
        var tool = new Option<string>("--llama-bench")
        {
            Description = "The program; default: the environment variable MINILM_LLAMA_BENCH.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("MINILM_LLAMA_BENCH") ?? "llama-bench",
        };
        var command = new Command("native", "Compares minilm bench with llama-bench, run by run.") { model, threads, pairs, repetitions, prompt, generate, flashAttention, tool };
        command.SetAction(parsed => Run(
            parsed.GetValue(model)!.FullName,
            parsed.GetValue(tool)!,
            parsed.GetValue(pairs),
            new Test(parsed.GetValue(threads), parsed.GetValue(repetitions), parsed.GetValue(prompt), parsed.GetValue(generate), parsed.GetValue(flashAttention)!)));
        return command;
    }

    private static int Run(string model, string llamaBench, int pairs, Test test)
    {
        string cli = Environment.GetEnvironmentVariable("MINILM_CLI") ?? throw new InvalidOperationException("MINILM_CLI does not name the minilm program; run './build.sh bench native'.");
        Print($"{Path.GetFileName(model)}, {test.Threads} thread(s), pp{test.Prompt} and tg{test.Generate}, flash attention {test.FlashAttention}, tokens/s, mean of {test.Repetitions} repetitions each");
        Print($"{"pair",6}{"minilm pp",12}{"llama pp",12}{"ratio",8}{"minilm tg",12}{"llama tg",12}{"ratio",8}");
        var ratios = new List<Speeds>();
        for (int pair = 1; pair <= pairs; pair++)
        {
            // In turn and in both orders, so that a machine that slows down favours neither.
            bool minilmFirst = pair % 2 == 1;
            Speeds early = minilmFirst ? Minilm() : Llama();
            Speeds late = minilmFirst ? Llama() : Minilm();
            (Speeds ours, Speeds theirs) = minilmFirst ? (early, late) : (late, early);
            var ratio = new Speeds(ours.Prefill / theirs.Prefill, ours.Decode / theirs.Decode);
            ratios.Add(ratio);
            Print($"{pair,6}{ours.Prefill,12:0}{theirs.Prefill,12:0}{ratio.Prefill,8:0.000}{ours.Decode,12:0}{theirs.Decode,12:0}{ratio.Decode,8:0.000}");
        }
        Print($"median ratio, minilm to llama-bench: prefill {Statistics.Median(ratios.Select(r => r.Prefill)):0.000}, decode {Statistics.Median(ratios.Select(r => r.Decode)):0.000}");
        return 0;

        Speeds Minilm() => ReadMinilm(Execute(Environment.ProcessPath!, cli, "bench", model, "--json", "--threads", N(test.Threads), "--repetitions", N(test.Repetitions), "--n-prompt", N(test.Prompt), "--n-gen", N(test.Generate), "--flash-attn", test.FlashAttention));
        Speeds Llama() => ReadLlamaBench(Execute(llamaBench, "-m", model, "-o", "json", "-t", N(test.Threads), "-r", N(test.Repetitions), "-p", N(test.Prompt), "-n", N(test.Generate), "-fa", test.FlashAttention));
    }

    private static Speeds ReadMinilm(JsonElement result) => new(
        result.GetProperty("prefill").GetProperty("tokens_per_second").GetProperty("mean").GetDouble(),
        result.GetProperty("decode").GetProperty("tokens_per_second").GetProperty("mean").GetDouble());

    private static Speeds ReadLlamaBench(JsonElement results)
    {
        double Speed(string field) => results.EnumerateArray().Single(result => result.GetProperty(field).GetInt32() > 0).GetProperty("avg_ts").GetDouble();
        return new Speeds(Speed("n_prompt"), Speed("n_gen"));
    }

    private static JsonElement Execute(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"'{program}' did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}: {errors.Result}");
        }
        return JsonDocument.Parse(output).RootElement;
    }

    private static string N(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed record Speeds(double Prefill, double Decode);

    private sealed record Test(int Threads, int Repetitions, int Prompt, int Generate, string FlashAttention);
}
