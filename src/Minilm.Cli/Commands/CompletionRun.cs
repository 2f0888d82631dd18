using System.Globalization;
using Minilm.Abstractions;
using Minilm.Cli.Output;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary>Loads a model, completes one prompt on it, and prints the completion in the form that was asked for.</summary>
internal sealed class CompletionRun(CommandHost host)
{
    /// <summary>Gets a value indicating whether one JSON object is printed at the end instead of text.</summary>
    public required bool Json { get; init; }

    /// <summary>Gets a value indicating whether text is printed while it is generated.</summary>
    public required bool Stream { get; init; }

    /// <summary>Gets a value indicating whether the prompt is a user message.</summary>
    public bool Chat { get; init; }

    /// <summary>Gets a value indicating whether the JSON says where the time went.</summary>
    public bool Timings { get; init; }

    /// <summary>Gets the file of the prompt cache; null is none.</summary>
    public string? CacheFile { get; init; }

    /// <summary>Gets the LoRA adapters to load.</summary>
    public IReadOnlyList<AdapterFile> Adapters { get; init; } = [];

    /// <returns>The exit code that the finish reason stands for.</returns>
    public async Task<int> RunAsync(LlamaModelOptions modelOptions, string prompt, CompletionOptions options, CancellationToken cancellationToken)
    {
        using LlamaModel model = new(modelOptions);
        Completion completion = await CompleteAsync(model, prompt, options, cancellationToken).ConfigureAwait(false);
        if (Json)
        {
            host.WriteJson(CompletionResult.From(completion, model.GetModelInfo().Backend, Timings), CliJson.Default.CompletionResult);
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
        if (!Json)
        {
            ListLogProbabilities(completion);
        }
        return Report(completion, options);
    }

    private async Task<Completion> CompleteAsync(LlamaModel model, string prompt, CompletionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await host.LoadAsync(model, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Json && cancellationToken.IsCancellationRequested)
        {
            return new Completion("", FinishReason.Cancelled, new CompletionUsage());
        }
        TextHandler? onText = Stream && !Json ? WriteAndFlush : null;
        await LoadCacheAsync(model, cancellationToken).ConfigureAwait(false);
        var adapters = new List<LlamaAdapter>();
        try
        {
            foreach (AdapterFile file in Adapters)
            {
                adapters.Add(model.LoadAdapter(file.Path));
            }
            options = options with { Adapters = [.. adapters.Zip(Adapters, (adapter, file) => new AdapterScale(adapter.Name, file.Scale))] };
            Completion completion = await Task.Run(Predict, CancellationToken.None).ConfigureAwait(false);
            await SaveCacheAsync(model).ConfigureAwait(false);
            return completion;
        }
        finally
        {
            adapters.ForEach(adapter => adapter.Dispose());
        }

        Completion Predict() => Chat
            ? model.PredictChat([new ChatMessage(ChatMessage.User, prompt)], options, onText, cancellationToken)
            : model.Predict(prompt, options, onText, cancellationToken);
    }

    private async Task LoadCacheAsync(LlamaModel model, CancellationToken cancellationToken)
    {
        if (CacheFile is null || !File.Exists(CacheFile))
        {
            return;
        }
        try
        {
            using FileStream file = File.OpenRead(CacheFile);
            await model.LoadPromptCacheAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            host.Messages.Error($"the prompt cache '{CacheFile}' is ignored and will be replaced: {host.Messages.Terms.Describe(e)}");
        }
    }

    private async Task SaveCacheAsync(LlamaModel model)
    {
        if (CacheFile is null)
        {
            return;
        }
        using AtomicFile cache = AtomicFile.Begin(CacheFile);
        using (FileStream file = cache.Open())
        {
            await model.SavePromptCacheAsync(file).ConfigureAwait(false);
        }
        cache.Commit();
    }

    private void ListLogProbabilities(Completion completion)
    {
        foreach (TokenLogProbability token in completion.LogProbabilities ?? [])
        {
            string others = string.Concat(token.Top.Select(other => string.Create(CultureInfo.InvariantCulture, $"  '{SafeText.Escape(other.Bytes.Span)}' {other.LogProbability:0.000}")));
            host.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"'{SafeText.Escape(token.Bytes.Span)}' {token.LogProbability:0.000}{others}"));
        }
    }

    private int Report(Completion completion, CompletionOptions options)
    {
        CompletionUsage usage = completion.Usage;
        string first = usage.TimeToFirstToken is { } time ? string.Create(CultureInfo.InvariantCulture, $", time to first token {time.TotalMilliseconds:0.0} ms, {usage.TokensPerSecond:0.0} tokens/s") : "";
        host.Messages.Aside(string.Create(CultureInfo.InvariantCulture, $"{usage.PromptTokens} prompt tokens and {usage.CompletionTokens} generated in {usage.TotalTime.TotalSeconds:0.00} s{first}"));
        switch (completion.FinishReason)
        {
            case FinishReason.Timeout:
                host.Messages.Error(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the time limit of {options.Timeout?.TotalMilliseconds} ms passed after {usage.CompletionTokens} tokens; raise --timeout-ms or lower --max-tokens"));
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
