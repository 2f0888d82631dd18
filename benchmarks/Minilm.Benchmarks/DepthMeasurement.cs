using System.CommandLine;
using System.Globalization;
using Minilm.Gguf;

namespace Minilm.Benchmarks;

/// <summary>What the prompt cache and guessed tokens save, and what log probabilities cost, on a generated model of 30 million parameters.</summary>
internal static class DepthMeasurement
{
    private const int PersonaTokens = 512;

    public static Command Command()
    {
        var threads = new Option<int>("--threads") { Description = "Threads.", DefaultValueFactory = _ => 1 };
        var rounds = new Option<int>("--rounds") { Description = "Calls of each kind, in turn.", DefaultValueFactory = _ => 15 };
        var command = new Command("depth", "What the prompt cache and speculative decoding save, and what log probabilities cost.") { threads, rounds };
        command.SetAction(parsed => Run(parsed.GetValue(threads), parsed.GetValue(rounds)));
        return command;
    }

    private static int Run(int threads, int rounds)
    {
        MeasurePersona(threads, rounds);
        using LlamaModel model = BenchmarkModels.Load(BenchmarkModels.Size30M, options => options.Threads = threads);
        foreach (GgmlType type in (GgmlType[])[GgmlType.Q8_0, GgmlType.F16, GgmlType.F32])
        {
            MeasureGuessing(type, threads, rounds);
        }
        MeasureLogProbabilities(model, rounds);
        return 0;
    }

    private static void MeasurePersona(int threads, int rounds)
    {
        using LlamaModel model = BenchmarkModels.Load(BenchmarkModels.Size30M, options =>
        {
            options.Threads = threads;
            options.CachedSequences = 8;
        });
        string persona = Text(model, PersonaTokens);
        CompletionOptions one = BenchmarkModels.Endless(model, tokens: 1);
        var cold = new List<double>();
        var warm = new List<double>();
        model.Predict(persona, one with { CachePrompt = true });
        int cached = 0;
        for (int i = 0; i < rounds; i++)
        {
            cold.Add(FirstToken(model.Predict($"{persona} visitor {i} is here", one)));
            Completion completion = model.Predict($"{persona} guest {i} is here", one with { CachePrompt = true });
            cached = completion.Usage.CachedTokens;
            warm.Add(FirstToken(completion));
        }
        Print($"persona of {model.CountTokens(persona)} tokens, {threads} thread(s): first token cold {Statistics.Median(cold):0.0} ms, warm {Statistics.Median(warm):0.00} ms ({cached} tokens cached), {Statistics.Median(cold) / Statistics.Median(warm):0.0} times faster");
    }

    private static void MeasureGuessing(GgmlType type, int threads, int rounds)
    {
        using LlamaModel model = BenchmarkModels.Load(BenchmarkModels.FewTokens(type), options => options.Threads = threads);
        // A random model that is allowed two tokens repeats itself, as a real one does that quotes or lists.
        int[] few = model.Vocab.Tokenize("lale");
        var bias = Enumerable.Range(0, model.Vocab.Count).Except(few).ToDictionary(token => token, _ => float.NegativeInfinity);
        var plain = new CompletionOptions { Temperature = 0, MaxTokens = 128, CachePrompt = false, LogitBias = bias };
        var without = new List<double>();
        var with = new List<double>();
        Completion last = model.Predict("lale", plain);
        for (int i = 0; i < rounds; i++)
        {
            without.Add(model.Predict("lale", plain).Usage.TokensPerSecond);
            last = model.Predict("lale", plain with { DraftTokens = 8 });
            with.Add(last.Usage.TokensPerSecond);
        }
        Print($"repetitive text, {type} weights: {Statistics.Median(without):0} tokens/s plain, {Statistics.Median(with):0} with up to 8 guesses, {Statistics.Median(with) / Statistics.Median(without):0.00} times; {100.0 * last.Usage.AcceptedTokens / Math.Max(last.Usage.DraftedTokens, 1):0} % of {last.Usage.DraftedTokens} guesses were right");
    }

    private static void MeasureLogProbabilities(LlamaModel model, int rounds)
    {
        CompletionOptions plain = BenchmarkModels.Endless(model, tokens: 64);
        var without = new List<double>();
        var chosen = new List<double>();
        var top = new List<double>();
        for (int i = 0; i < rounds; i++)
        {
            without.Add(model.Predict("Hello", plain).Usage.TimePerToken.TotalMicroseconds);
            chosen.Add(model.Predict("Hello", plain with { LogProbabilities = 0 }).Usage.TimePerToken.TotalMicroseconds);
            top.Add(model.Predict("Hello", plain with { LogProbabilities = 10 }).Usage.TimePerToken.TotalMicroseconds);
        }
        Print($"log probabilities over {model.Vocab.Count} tokens: {Statistics.Median(without):0} µs per token without, {Statistics.Median(chosen):0} with that of the chosen one, {Statistics.Median(top):0} with the top 10; managed bytes per token: {BytesPerToken(model, plain)}, {BytesPerToken(model, plain with { LogProbabilities = 0 })}, {BytesPerToken(model, plain with { LogProbabilities = 10 })}");
    }

    /// <summary>Measures between the text of the first and of the last token.</summary>
    private static long BytesPerToken(LlamaModel model, CompletionOptions options)
    {
        long first = 0;
        long last = 0;
        int pieces = 0;
        model.Predict("Hello", options, _ =>
        {
            last = GC.GetAllocatedBytesForCurrentThread();
            first = pieces++ == 0 ? last : first;
        });
        return (last - first) / Math.Max(pieces - 1, 1);
    }

    private static double FirstToken(Completion completion) => completion.Usage.TimeToFirstToken!.Value.TotalMilliseconds;

    private static string Text(LlamaModel model, int tokens)
    {
        string text = "";
        for (int word = 0; model.CountTokens(text) < tokens; word++)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" word{word % 37}");
        }
        return text;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
