using System.CommandLine;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm complete</c>: completes a prompt.</summary>
internal sealed class CompleteCommand : CliCommand
{
    private const string Recommended = "what the model's file recommends, else";

    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly CliOption<string> _prompt = new("--prompt", "TEXT", "The prompt; - reads standard input.");
    private readonly CliOption<string> _promptFile = new("--prompt-file", "FILE", "A file with the prompt (UTF-8; one line break at its end is ignored); - reads standard input.");
    private readonly NumberOption<int> _maxTokens = new("--max-tokens", 1, int.MaxValue, "Maximum number of tokens to generate.", "128") { Member = nameof(CompletionOptions.MaxTokens) };
    private readonly NumberOption<float> _temperature = new("--temperature", 0, 100, "Sampling temperature; 0 always picks the most likely token.", $"{Recommended} 0.7", "T") { Member = nameof(CompletionOptions.Temperature) };
    private readonly NumberOption<int> _topK = new("--top-k", 0, int.MaxValue, "Sample from the N most likely tokens; 0 is off.", $"{Recommended} 40") { Member = nameof(CompletionOptions.TopK) };
    private readonly NumberOption<float> _topP = new("--top-p", 0, 1, "Sample from the most likely tokens whose probabilities add up to P; 1 is off.", $"{Recommended} 0.9", "P") { Member = nameof(CompletionOptions.TopP) };
    private readonly NumberOption<float> _minP = new("--min-p", 0, 1, "Minimum probability of a token, relative to the most likely one; 0 is off.", $"{Recommended} 0", "P") { Member = nameof(CompletionOptions.MinP) };
    private readonly NumberOption<uint> _seed = new("--seed", 0, uint.MaxValue, "Random seed.", "a new one for each run") { Member = nameof(CompletionOptions.Seed) };
    private readonly CliOption<string[]> _stop = new("--stop", "TEXT", "A stop string: it ends the completion and is not part of it. May be repeated.") { Member = nameof(CompletionOptions.StopStrings) };
    private readonly NumberOption<int> _timeout = new("--timeout-ms", 1, int.MaxValue, "Time limit in milliseconds, not counting the time to load the model. When it passes, the text so far is printed and the exit code is 3.") { Member = nameof(CompletionOptions.Timeout) };
    private readonly NumberOption<int> _threads = CommonSymbols.Threads();
    private readonly NumberOption<int> _contextSize = new("--ctx", 1, int.MaxValue, "Context window in tokens.", $"{LlamaModelOptions.DefaultContextSize}, or what the model was trained for if that is less") { Member = nameof(LlamaModelOptions.ContextSize) };
    private readonly CliOption<string> _grammar = new("--grammar", "FILE", "A GBNF file; the completion follows its grammar.") { Member = nameof(CompletionOptions.Grammar) };
    private readonly CliOption<string> _jsonSchema = new("--json-schema", "FILE", "A JSON Schema file; the completion is JSON that follows it.") { Member = nameof(CompletionOptions.JsonSchema) };
    private readonly CliOption<string[]> _lora = new("--lora", "FILE[:SCALE]", "A LoRA adapter, with a scale of 1 unless one is given. May be repeated.") { Member = nameof(CompletionOptions.Adapters) };
    private readonly NumberOption<int> _logProbabilities = new("--logprobs", 0, 1000, "Print the log probability of each token and of the N most likely ones: in the JSON, or on standard error.") { Member = nameof(CompletionOptions.LogProbabilities) };
    private readonly CliOption<string> _cache = new("--cache", "FILE", "A prompt cache: loaded if the file exists, saved afterwards. A prompt reuses the longest prefix it shares with the cached one.");
    private readonly CliOption<bool> _chat = new("--chat", null, "Send the prompt as a user message, through the model's chat template.");
    private readonly CliOption<string> _template = new("--template", "NAME", "A chat template that is built into llama.cpp, such as chatml. Implies --chat.", "the model's own") { Member = nameof(LlamaModelOptions.ChatTemplate) };
    private readonly NumberOption<int> _draft = new("--draft", 0, 32, "Speculative decoding by prompt lookup with up to N draft tokens; output is unchanged. Faster where text repeats.", "0, which is off") { Member = nameof(CompletionOptions.DraftTokens) };
    private readonly CliOption<bool> _timings = new("--timings", null, "Add timings to the JSON: queue, prefill, sampling, per token; and how many draft tokens were accepted.");
    private readonly CliOption<bool> _stream = new("--stream", null, "Print the text while it is generated. This is the default on a terminal.");
    private readonly CliOption<bool> _noStream = new("--no-stream", null, "Print the text when it is complete. This is the default when output is redirected, and with --json.");

    public CompleteCommand(CommandHost host)
        : base("complete", "Complete a prompt. Standard output has the completion and nothing else.", host)
    {
        Add(_model);
        AddOptions(_prompt, _promptFile, _maxTokens, _temperature, _topK, _topP, _minP, _seed, _stop, _timeout, _threads, _contextSize, _grammar, _jsonSchema, _lora, _logProbabilities, _cache, _chat, _template, _draft, _timings, _stream, _noStream);
        RequireOneOf(_prompt, _promptFile);
        Exclude(_stream, _noStream);
        Exclude(_grammar, _jsonSchema);
        Exclude(_lora, _cache, "a prompt cache is valid only without adapters");
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "complete model.gguf --prompt \"Once upon a time\" --max-tokens 60",
        "complete model.gguf --prompt-file question.txt --temperature 0 --stop \"?\" --json",
        "complete model.gguf --prompt - --timeout-ms 2000 < question.txt",
        "complete model.gguf --chat --prompt \"Who are you?\" --cache chat.bin --logprobs 3",
    ];

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        LlamaModelOptions model = CommonSymbols.ModelOptions(parsed, _model, _threads);
        model.ChatTemplate = parsed.GetValue(_template);
        model.ContextSize = parsed.GetValue(_contextSize);
        CompletionOptions completion = new()
        {
            MaxTokens = parsed.GetValue(_maxTokens),
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            MinP = parsed.GetValue(_minP),
            Seed = parsed.GetValue(_seed),
            StopStrings = parsed.GetValue(_stop) ?? [],
            Grammar = parsed.GetValue(_grammar) is { } grammar ? await InputText.ReadPromptAsync(Host.Console, grammar, cancellationToken).ConfigureAwait(false) : null,
            JsonSchema = parsed.GetValue(_jsonSchema) is { } schema ? await InputText.ReadPromptAsync(Host.Console, schema, cancellationToken).ConfigureAwait(false) : null,
            LogProbabilities = parsed.GetValue(_logProbabilities),
            DraftTokens = parsed.GetValue(_draft) ?? 0,
            Timeout = parsed.GetValue(_timeout) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            OnInterruption = InterruptionBehavior.ReturnPartial, // what was said until then is printed
        };
        string prompt = await ReadPromptAsync(parsed, cancellationToken).ConfigureAwait(false);
        CompletionRun run = new(Host)
        {
            Json = parsed.GetValue(Host.Json),
            Chat = parsed.GetValue(_chat) || model.ChatTemplate is not null,
            Adapters = [.. (parsed.GetValue(_lora) ?? []).Select(AdapterFile.Parse)],
            Timings = parsed.GetValue(_timings),
            CacheFile = parsed.GetValue(_cache),
            Stream = parsed.GetValue(_stream) || (Host.Console.IsOutInteractive && !parsed.GetValue(_noStream)),
        };
        return await run.RunAsync(model, prompt, completion, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> ReadPromptAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? prompt = parsed.GetValue(_prompt);
        string? file = prompt is null ? parsed.GetRequiredValue(_promptFile) : prompt == InputText.StandardInput ? prompt : null;
        if (file is not null)
        {
            prompt = await InputText.ReadPromptAsync(Host.Console, file, cancellationToken).ConfigureAwait(false);
        }
        return string.IsNullOrEmpty(prompt)
            ? throw new UsageException(file is null ? "the prompt is empty" : file == InputText.StandardInput ? "the prompt read from standard input is empty" : $"the prompt file '{file}' is empty")
            : prompt;
    }
}
