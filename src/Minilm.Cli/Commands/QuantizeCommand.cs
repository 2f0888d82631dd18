using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm quantize</c>: writes a model with fewer bits per weight.</summary>
internal sealed class QuantizeCommand : CliCommand
{
    private const int ShownWarnings = 3;

    private readonly Argument<string> _input = new("IN") { Description = "The GGUF file to quantize, at best in F16, BF16 or F32." };
    private readonly Argument<string> _output = new("OUT") { Description = "The file to write. It appears only when it is complete." };
    private readonly Argument<GgmlFileType> _type = new("TYPE") { Description = $"The quantization: {string.Join(", ", Enum.GetNames<GgmlFileType>())}." };
    private readonly NumberOption<int> _threads = CommonSymbols.Threads();
    private readonly CliOption<bool> _force = new("--force", null, "Overwrite OUT if it exists.") { Member = nameof(LlamaQuantizeOptions.Overwrite) };
    private readonly CliOption<bool> _requantize = new("--allow-requantize", null, "Accept a model that is already quantized. The result is worse than from the original.") { Member = nameof(LlamaQuantizeOptions.AllowRequantize) };

    public QuantizeCommand(CommandHost host)
        : base("quantize", "Write a model with fewer bits per weight: smaller, faster and slightly less accurate.", host)
    {
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
        AddOptions(_threads, _force, _requantize);
    }

    public override string ApiType => nameof(LlamaQuantizer);

    public override IReadOnlyList<string> Examples { get; } =
    [
        "quantize model-f16.gguf model-q4.gguf Q4_K_M",
        "quantize model-f16.gguf model-q8.gguf Q8_0 --threads 4 --json",
    ];

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        LlamaQuantizeOptions options = new()
        {
            Threads = parsed.GetValue(_threads),
            Overwrite = parsed.GetValue(_force),
            AllowRequantize = parsed.GetValue(_requantize),
        };
        long started = Stopwatch.GetTimestamp();
        Quantization written = await Host.Messages.ShowProgressAsync(
            "Quantizing",
            progress => LlamaQuantizer.QuantizeAsync(parsed.GetRequiredValue(_input), parsed.GetRequiredValue(_output), parsed.GetValue(_type), options, progress, cancellationToken)).ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (string warning in written.Warnings.Take(ShownWarnings))
        {
            Host.Messages.Error(warning);
        }
        if (written.Warnings.Count > ShownWarnings)
        {
            Host.Messages.Error($"and {written.Warnings.Count - ShownWarnings} more like these");
        }

        QuantizeResult result = new(written.Input, written.Output, written.Type.ToString(), written.BytesBefore, written.BytesAfter, seconds);
        if (parsed.GetValue(Host.Json))
        {
            Host.WriteJson(result, CliJson.Default.QuantizeResult);
        }
        else
        {
            Host.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{result.Output}: {result.Type}, {result.BytesAfter} bytes of {result.BytesBefore} ({100.0 * result.BytesAfter / result.BytesBefore:0.0} %), {seconds:0.0} s"));
        }
        return ExitCode.Done;
    }
}
