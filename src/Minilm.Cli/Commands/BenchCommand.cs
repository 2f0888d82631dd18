using System.CommandLine;
using System.Globalization;
using Minilm.Cli.Measuring;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm bench</c>: measures a model on this machine.</summary>
internal sealed class BenchCommand : CliCommand
{
    private const int DefaultPromptTokens = 512;
    private const int DefaultGeneratedTokens = 128;
    private const int DefaultRepetitions = 5;
    private const string DefaultFlashAttention = "auto";

    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly NumberOption<int> _promptTokens = new("--n-prompt", 0, int.MaxValue, "Length of the prompt in tokens (pp); 0 skips this test.", $"{DefaultPromptTokens}");
    private readonly NumberOption<int> _generatedTokens = new("--n-gen", 0, int.MaxValue, "Number of tokens to generate (tg); 0 skips this test.", $"{DefaultGeneratedTokens}");
    private readonly NumberOption<int> _repetitions = new("--repetitions", 1, int.MaxValue, "How many times each test is measured.", $"{DefaultRepetitions}");
    private readonly NumberOption<int> _threads = CommonSymbols.Threads();
    private readonly CliOption<string> _flashAttention = new("--flash-attn", "on|off|auto", "Flash attention. To compare with llama-bench, give both the same (its -fa).", DefaultFlashAttention) { Member = nameof(LlamaModelOptions.FlashAttention) };

    public BenchCommand(CommandHost host)
        : base("bench", "Measure prefill and decode in tokens per second, as llama-bench does (pp, tg).", host)
    {
        Add(_model);
        _flashAttention.AcceptOnlyFromAmong("on", "off", "auto");
        AddOptions(_promptTokens, _generatedTokens, _repetitions, _threads, _flashAttention);
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "bench model.gguf",
        "bench model.gguf --n-prompt 512 --n-gen 128 --threads 2 --json",
    ];

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int promptTokens = parsed.GetValue(_promptTokens) ?? DefaultPromptTokens;
        int generatedTokens = parsed.GetValue(_generatedTokens) ?? DefaultGeneratedTokens;
        if (promptTokens == 0 && generatedTokens == 0)
        {
            throw new UsageException("--n-prompt and --n-gen are both 0: nothing to measure");
        }
        string flashMode = parsed.GetValue(_flashAttention) ?? DefaultFlashAttention;
        FlashAttention flashAttention = Enum.Parse<FlashAttention>(flashMode, ignoreCase: true);
        LlamaModelOptions options = CommonSymbols.ModelOptions(parsed, _model, _threads);
        options.FlashAttention = flashAttention;
        using LlamaModel model = new(options);
        await Host.LoadAsync(model, cancellationToken).ConfigureAwait(false);
        ModelInfo info = model.GetModelInfo();
        LlamaBench bench = new(model, flashAttention, info.Threads);
        int repetitions = parsed.GetValue(_repetitions) ?? DefaultRepetitions;

        BenchResult result = await Task.Run(
            () => new BenchResult
            {
                Prefill = MeasureIfAny(bench.MeasurePrefill, promptTokens, repetitions, cancellationToken),
                Decode = MeasureIfAny(bench.MeasureDecode, generatedTokens, repetitions, cancellationToken),
                Threads = info.Threads,
                FlashAttention = flashMode,
                Repetitions = repetitions,
                Backend = info.Backend,
            },
            cancellationToken).ConfigureAwait(false);

        if (parsed.GetValue(Host.Json))
        {
            Host.WriteJson(result, CliJson.Default.BenchResult);
        }
        else
        {
            Host.Console.Out.WriteLine($"{info.Backend}, {result.Threads} threads, flash attention {result.FlashAttention}, {repetitions} repetitions");
            Print("prefill", "pp", result.Prefill);
            Print("decode", "tg", result.Decode);
        }
        return ExitCode.Done;
    }

    private static BenchTest? MeasureIfAny(Func<int, int, CancellationToken, Throughput> measure, int tokens, int repetitions, CancellationToken cancellationToken) =>
        tokens == 0 ? null : Round(tokens, measure(tokens, repetitions, cancellationToken));

    private static BenchTest Round(int tokens, Throughput throughput) =>
        new(tokens, new MeanAndDeviation(Math.Round(throughput.Mean, 3), Math.Round(throughput.StandardDeviation, 3)));

    private void Print(string name, string abbreviation, BenchTest? test)
    {
        if (test is not null)
        {
            Host.Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-8} {abbreviation + test.Tokens,-7} {test.TokensPerSecond.Mean,10:0.00} ± {test.TokensPerSecond.Stddev:0.00} tokens/s"));
        }
    }
}
