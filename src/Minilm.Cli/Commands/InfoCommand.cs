using System.CommandLine;
using System.Globalization;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm info</c>: what computes here, and what is in a file.</summary>
internal sealed class InfoCommand : CliCommand
{
    private readonly Argument<string?> _model = CommonSymbols.OptionalModel();

    public InfoCommand(CommandHost host)
        : base("info", "Show versions and devices and, from its file alone, what a model is.", host)
    {
        Add(_model);
    }

    public override IReadOnlyList<string> Examples { get; } = ["info", "info model.gguf --json"];

    protected override Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken) => Task.FromResult(Run(parsed));

    private int Run(ParseResult parsed)
    {
        ModelResult? model = parsed.GetValue(_model) is { } path ? InfoReader.ReadModel(path) : null;
        NativeResult? native = null;
        string? failure = model?.Problem;
        try
        {
            native = InfoReader.ReadNative();
        }
        catch (NativeLibraryException e)
        {
            failure ??= e.Message; // the file is described all the same
        }

        InfoResult info = new(MinilmRootCommand.Version, native, model);
        if (parsed.GetValue(Host.Json))
        {
            Host.WriteJson(info, CliJson.Default.InfoResult);
        }
        else
        {
            Print(info);
        }
        if (failure is null)
        {
            return ExitCode.Done;
        }
        Host.Console.Out.Flush();
        Host.Messages.Error(Host.Messages.Terms.Translate(failure));
        return ExitCode.Failed;
    }

    private void Print(InfoResult info)
    {
        Print("minilm", info.Version);
        if (info.Native is { } native)
        {
            Print("llama.cpp", native.LlamaCpp == native.CompiledAgainst || native.CompiledAgainst.Length == 0 ? native.LlamaCpp : $"{native.LlamaCpp} (compiled against {native.CompiledAgainst})");
            Print("ggml", native.Commit.Length == 0 ? native.Ggml : $"{native.Ggml} ({native.Commit})");
            Print("seam", $"version {native.SeamVersion}, {native.Compiler}");
            Print("libminilm", native.LibraryPath);
            Print("processor", native.SystemInfo);
            foreach (DeviceResult device in native.Devices)
            {
                Print("device", $"{device.Name}: {device.Description}, {Bytes(device.FreeMemory)} of {Bytes(device.TotalMemory)} free");
            }
        }
        if (info.Model is { } model)
        {
            Host.Console.Out.WriteLine();
            Print("model", model.Name ?? "(no name)");
            Print("file", $"{model.Path} (GGUF version {model.GgufVersion}, {Bytes(model.FileBytes)})");
            Print("architecture", model.Architecture ?? "(not stated)");
            Print("parameters", model.IsVocabularyOnly ? "none: the file has a vocabulary and no weights" : Count(model.Parameters));
            Print("quantization", model.Quantization ?? "(not stated)");
            Print("context", model.ContextLength is { } context ? $"{context} tokens" : "(not stated)");
            if (model.Memory is { } memory)
            {
                Print("memory", $"{Bytes(memory.TotalBytes)} with a context of {memory.ContextSize} tokens (weights {Bytes(memory.WeightBytes)}, KV {Bytes(memory.KvBytes)}, compute {Bytes(memory.ComputeBytes)})");
            }
            Print("vocabulary", $"{model.VocabularySize?.ToString(CultureInfo.InvariantCulture) ?? "no"} tokens ({model.Tokenizer ?? "no tokenizer stated"})");
            Print("chat template", model.HasChatTemplate ? "yes" : "no");
        }
    }

    private void Print(string label, string value) => Host.Console.Out.WriteLine($"{label,-14} {SafeText.OneLine(value)}");

    private static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
    };

    private static string Count(long parameters) => parameters switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e9:0.00} billion ({parameters})"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e6:0.00} million ({parameters})"),
        _ => parameters.ToString(CultureInfo.InvariantCulture),
    };
}
