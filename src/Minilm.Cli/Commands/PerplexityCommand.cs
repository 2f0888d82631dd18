using System.CommandLine;
using System.Globalization;
using Minilm.Cli.Output;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm perplexity</c>: how well a model predicts a text.</summary>
internal sealed class PerplexityCommand : Command, IHasExamples
{
    private readonly CommandHost _host;
    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly Option<string> _file = new("--file") { Description = "The text (UTF-8), of at least two windows; - reads standard input.", HelpName = "FILE", Required = true };
    private readonly Option<int?> _contextSize = new Option<int?>("--ctx") { Description = "The tokens in a window. Default: 512.", HelpName = "N" }.From(8, int.MaxValue);
    private readonly Option<int?> _threads = CommonSymbols.Threads();

    public PerplexityCommand(CommandHost host)
        : base("perplexity", "Measures how well a model predicts a text, as llama-perplexity defines it. Lower is better.")
    {
        _host = host;
        Add(_model);
        foreach (Option option in (Option[])[_file, _contextSize, _threads])
        {
            Add(option);
        }
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } = ["perplexity model.gguf --file text.txt", "perplexity model.gguf --file text.txt --ctx 256 --json"];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string text = await InputText.ReadPromptAsync(_host.Console, parsed.GetRequiredValue(_file), cancellationToken).ConfigureAwait(false);
        using LlamaModel model = new(new LlamaModelOptions
        {
            ModelPath = parsed.GetRequiredValue(_model),
            Threads = parsed.GetValue(_threads) ?? 0,
            ContextSize = 8, // the model's own context is not used
        });
        await _host.Messages.LoadAsync(model, cancellationToken).ConfigureAwait(false);
        int windowSize = parsed.GetValue(_contextSize) ?? 512;
        var progress = new Progress(_host.Messages);
        PerplexityResult result = await Task.Run(() => LlamaPerplexity.Measure(model, text, windowSize, progress, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        if (parsed.GetValue(_host.Json))
        {
            _host.WriteJson(new PerplexityOutput(result.Perplexity, result.CountedTokens, result.Windows, windowSize), CliJson.Default.PerplexityOutput);
        }
        else
        {
            _host.Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"perplexity {result.Perplexity:0.0000} over {result.CountedTokens} tokens in {result.Windows} windows of {windowSize}"));
        }
        return ExitCode.Done;
    }

    private sealed class Progress(Messages messages) : IProgress<PerplexityResult>
    {
        public void Report(PerplexityResult value) =>
            messages.Aside(string.Create(CultureInfo.InvariantCulture, $"{value.DoneWindows}/{value.Windows}: {value.Perplexity:0.0000}"));
    }
}
