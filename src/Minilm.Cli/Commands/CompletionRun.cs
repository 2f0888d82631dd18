using System.Globalization;
using Minilm.Cli.Output;

namespace Minilm.Cli.Commands;

/// <summary>Loads a model, completes one prompt on it, and prints the completion in the form that was asked for.</summary>
internal sealed class CompletionRun(CommandHost host)
{
    /// <summary>Gets a value indicating whether one JSON object is printed at the end instead of text.</summary>
    public required bool Json { get; init; }

    /// <summary>Gets a value indicating whether text is printed as it comes.</summary>
    public required bool Stream { get; init; }

    /// <returns>The exit code that the finish reason stands for.</returns>
    public async Task<int> RunAsync(LlamaModelOptions modelOptions, string prompt, CompletionOptions options, CancellationToken cancellationToken)
    {
        using LlamaModel model = new(modelOptions);
        Completion completion = await CompleteAsync(model, prompt, options, cancellationToken).ConfigureAwait(false);
        if (Json)
        {
            host.WriteJson(CompletionResult.From(completion, model.GetModelInfo().Backend), CliJson.Default.CompletionResult);
        }
        else
        {
            if (!Stream)
            {
                Write(completion.Text);
            }
            host.Console.Out.WriteLine();
        }
        await host.Console.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        return Report(completion, options);
    }

    private async Task<Completion> CompleteAsync(LlamaModel model, string prompt, CompletionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await host.Messages.LoadAsync(model, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Json && cancellationToken.IsCancellationRequested)
        {
            return new Completion("", FinishReason.Cancelled, new CompletionUsage());
        }
        TextHandler? onText = Stream && !Json ? WriteAndFlush : null;
        return await Task.Run(() => model.Predict(prompt, options, onText, cancellationToken), CancellationToken.None).ConfigureAwait(false);
    }

    private int Report(Completion completion, CompletionOptions options)
    {
        CompletionUsage usage = completion.Usage;
        string first = usage.TimeToFirstToken is { } time ? string.Create(CultureInfo.InvariantCulture, $", the first after {time.TotalMilliseconds:0.0} ms, then {usage.TokensPerSecond:0.0} tokens/s") : "";
        host.Messages.Aside(string.Create(CultureInfo.InvariantCulture, $"{usage.PromptTokens} + {usage.CompletionTokens} tokens in {usage.TotalTime.TotalSeconds:0.00} s{first}"));
        switch (completion.FinishReason)
        {
            case FinishReason.Timeout:
                host.Messages.Error(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the time limit of {options.Timeout?.TotalMilliseconds} ms passed after {usage.CompletionTokens} tokens; give more with --timeout-ms or ask for less with --max-tokens"));
                return ExitCode.TimedOut;
            case FinishReason.Cancelled:
                host.Messages.Error($"interrupted after {usage.CompletionTokens} tokens");
                return ExitCode.Interrupted;
            default:
                return ExitCode.Done;
        }
    }

    private void WriteAndFlush(ReadOnlySpan<char> text)
    {
        Write(text);
        host.Console.Out.Flush();
    }

    // What goes into a pipe is exactly what the model said; what goes to a terminal must not steer it.
    private void Write(ReadOnlySpan<char> text)
    {
        if (host.Console.IsOutInteractive)
        {
            SafeText.Write(host.Console.Out, text);
        }
        else
        {
            host.Console.Out.Write(text);
        }
    }
}
