using System.CommandLine;
using System.Globalization;
using Minilm.Cli.Measuring;
using Minilm.Cli.Output;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm bench</c>: measures a model on this machine.</summary>
internal sealed class BenchCommand : Command, IHasExamples
{
    private readonly CommandHost _host;
    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly Option<int> _promptTokens = new Option<int>("--n-prompt") { Description = "The length of the prompt in tokens (pp); 0 leaves this test out.", HelpName = "N", DefaultValueFactory = _ => 512 }.From(0, int.MaxValue);
    private readonly Option<int> _generatedTokens = new Option<int>("--n-gen") { Description = "The number of tokens to generate (tg); 0 leaves this test out.", HelpName = "N", DefaultValueFactory = _ => 128 }.From(0, int.MaxValue);
    private readonly Option<int> _repetitions = new Option<int>("--repetitions") { Description = "How often each test is measured.", HelpName = "N", DefaultValueFactory = _ => 5 }.From(1, int.MaxValue);
    private readonly Option<int?> _threads = CommonSymbols.Threads();
    private readonly Option<string> _flashAttention = new Option<string>("--flash-attn") { Description = "When flash attention is used; auto is the default of llama-bench 0.7.0 as well (-fa). Give both the same to compare them.", DefaultValueFactory = _ => "auto" }.AcceptOnlyFromAmong("on", "off", "auto");

    public BenchCommand(CommandHost host)
        : base("bench", "Measures prefill and decode in tokens per second, as llama-bench does (pp, tg).")
    {
        _host = host;
        Add(_model);
        foreach (Option option in (Option[])[_promptTokens, _generatedTokens, _repetitions, _threads, _flashAttention])
        {
            Add(option);
        }
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "bench model.gguf",
        "bench model.gguf --n-prompt 512 --n-gen 128 --threads 2 --json",
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        int promptTokens = parsed.GetValue(_promptTokens);
        int generatedTokens = parsed.GetValue(_generatedTokens);
        if (promptTokens == 0 && generatedTokens == 0)
        {
            throw new UsageException("--n-prompt and --n-gen are both 0: there is nothing to measure");
        }
        FlashAttention flashAttention = Enum.Parse<FlashAttention>(parsed.GetRequiredValue(_flashAttention), ignoreCase: true);
        using LlamaModel model = new(new LlamaModelOptions
        {
            ModelPath = parsed.GetRequiredValue(_model),
            Threads = parsed.GetValue(_threads) ?? 0,
            FlashAttention = flashAttention,
        });
        await _host.Messages.LoadAsync(model, cancellationToken).ConfigureAwait(false);
        ModelInfo info = model.GetModelInfo();
        LlamaBench bench = new(model, flashAttention, info.Threads);
        int repetitions = parsed.GetValue(_repetitions);

        BenchResult result = await Task.Run(
            () => new BenchResult
            {
                Prefill = MeasureIfAny(bench.MeasurePrefill, promptTokens, repetitions, cancellationToken),
                Decode = MeasureIfAny(bench.MeasureDecode, generatedTokens, repetitions, cancellationToken),
                Threads = info.Threads,
                FlashAttention = parsed.GetRequiredValue(_flashAttention),
                Repetitions = repetitions,
                Backend = info.Backend,
            },
            cancellationToken).ConfigureAwait(false);

        if (parsed.GetValue(_host.Json))
        {
            _host.WriteJson(result, CliJson.Default.BenchResult);
        }
        else
        {
            _host.Console.Out.WriteLine($"{info.Backend}, {result.Threads} threads, flash attention {result.FlashAttention}, {repetitions} repetitions");
            Print("prefill", "pp", result.Prefill);
            Print("decode", "tg", result.Decode);
        }
        return ExitCode.Done;
    }

    private static BenchTest? MeasureIfAny(Func<int, int, CancellationToken, Throughput> measure, int tokens, int repetitions, CancellationToken cancellationToken) =>
        tokens == 0 ? null : new BenchTest(tokens, measure(tokens, repetitions, cancellationToken));

    private void Print(string name, string abbreviation, BenchTest? test)
    {
        if (test is not null)
        {
            _host.Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-8} {abbreviation + test.Tokens,-7} {test.TokensPerSecond.Mean,10:0.00} ± {test.TokensPerSecond.Stddev:0.00} tokens/s"));
        }
    }
}
