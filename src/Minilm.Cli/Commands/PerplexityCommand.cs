using System.CommandLine;
using System.Globalization;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm perplexity</c>: how well a model predicts a text.</summary>
internal sealed class PerplexityCommand : CliCommand
{
    private const int DefaultWindow = 512;

    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly CliOption<string> _file = new("--file", "FILE", "The text (UTF-8), at least two windows long; - reads standard input.") { Required = true };
    private readonly NumberOption<int> _contextSize = new("--ctx", 8, int.MaxValue, "Size of a window in tokens.", $"{DefaultWindow}") { Member = nameof(LlamaModelOptions.ContextSize) };
    private readonly NumberOption<int> _threads = CommonSymbols.Threads();

    public PerplexityCommand(CommandHost host)
        : base("perplexity", "Measure how well a model predicts a text, as llama-perplexity does. Lower is better.", host)
    {
        Add(_model);
        AddOptions(_file, _contextSize, _threads);
    }

    public override IReadOnlyList<string> Examples { get; } = ["perplexity model.gguf --file text.txt", "perplexity model.gguf --file text.txt --ctx 256 --json"];

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string text = await InputText.ReadPromptAsync(Host.Console, parsed.GetRequiredValue(_file), cancellationToken).ConfigureAwait(false);
        LlamaModelOptions options = CommonSymbols.ModelOptions(parsed, _model, _threads);
        options.ContextSize = 8; // the model's own context is not used
        using LlamaModel model = new(options);
        await Host.LoadAsync(model, cancellationToken).ConfigureAwait(false);
        int windowSize = parsed.GetValue(_contextSize) ?? DefaultWindow;
        var progress = new Progress(Host.Messages);
        PerplexityResult result = await Task.Run(() => LlamaPerplexity.Measure(model, text, windowSize, progress, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        if (parsed.GetValue(Host.Json))
        {
            Host.WriteJson(new PerplexityOutput(result.Perplexity, result.CountedTokens, result.Windows, windowSize), CliJson.Default.PerplexityOutput);
        }
        else
        {
            Host.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"perplexity {result.Perplexity:0.0000} over {result.CountedTokens} tokens in {result.Windows} windows of {windowSize}"));
        }
        return ExitCode.Done;
    }

    private sealed class Progress(MessagePrinter messages) : IProgress<PerplexityResult>
    {
        public void Report(PerplexityResult value) =>
            messages.Aside(string.Create(CultureInfo.InvariantCulture, $"{value.DoneWindows}/{value.Windows}: {value.Perplexity:0.0000}"));
    }
}
