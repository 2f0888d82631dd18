using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Minilm.Cli.Output;
using Minilm.Gguf;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm quantize</c>: writes a model with fewer bits per weight.</summary>
internal sealed class QuantizeCommand : Command, IHasExamples
{
    private const int ShownWarnings = 3;

    private readonly CommandHost _host;
    private readonly Argument<string> _input = new("IN") { Description = "A GGUF file, best in F16, BF16 or F32." };
    private readonly Argument<string> _output = new("OUT") { Description = "The file to write. It appears when it is complete." };
    private readonly Argument<GgmlFileType> _type = new("TYPE") { Description = $"What to write: {string.Join(", ", Enum.GetNames<GgmlFileType>())}." };
    private readonly Option<int?> _threads = CommonSymbols.Threads();
    private readonly Option<bool> _force = new("--force") { Description = "Replace OUT if it exists." };
    private readonly Option<bool> _requantize = new("--allow-requantize") { Description = "Take a model that is quantized already, though the result is worse than from the original." };

    public QuantizeCommand(CommandHost host)
        : base("quantize", "Writes a model with fewer bits per weight: smaller and faster, a little less exact.")
    {
        _host = host;
        _type.CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (Enum.TryParse(text, ignoreCase: true, out GgmlFileType type) && Enum.IsDefined(type) && !char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+'))
            {
                return type;
            }
            result.AddError($"TYPE is '{text}'; it must be one of {string.Join(", ", Enum.GetNames<GgmlFileType>())}");
            return default;
        };
        _type.HelpName = "TYPE";
        Add(_input);
        Add(_output);
        Add(_type);
        Add(_threads);
        Add(_force);
        Add(_requantize);
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "quantize model-f16.gguf model-q4.gguf Q4_K_M",
        "quantize model-f16.gguf model-q8.gguf Q8_0 --threads 4 --json",
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        LlamaQuantizeOptions options = new()
        {
            Threads = parsed.GetValue(_threads) ?? 0,
            Overwrite = parsed.GetValue(_force),
            AllowRequantize = parsed.GetValue(_requantize),
        };
        long started = Stopwatch.GetTimestamp();
        Quantization written = await _host.Messages.ShowProgressAsync(
            "Quantizing",
            progress => LlamaQuantizer.QuantizeAsync(parsed.GetRequiredValue(_input), parsed.GetRequiredValue(_output), parsed.GetValue(_type), options, progress, cancellationToken)).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (string warning in written.Warnings.Take(ShownWarnings))
        {
            _host.Messages.Error(warning);
        }
        if (written.Warnings.Count > ShownWarnings)
        {
            _host.Messages.Error("and others like these");
        }

        QuantizeResult result = new(written.Input, written.Output, written.Type.ToString(), written.BytesBefore, written.BytesAfter, seconds);
        if (parsed.GetValue(_host.Json))
        {
            _host.WriteJson(result, CliJson.Default.QuantizeResult);
        }
        else
        {
            _host.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{result.Output}: {result.Type}, {result.BytesAfter} bytes of {result.BytesBefore} ({100.0 * result.BytesAfter / result.BytesBefore:0.0} %), {seconds:0.0} s"));
        }
        return ExitCode.Done;
    }
}
