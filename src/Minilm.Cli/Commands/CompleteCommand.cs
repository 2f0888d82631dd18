using System.CommandLine;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm complete</c>: continues a prompt.</summary>
internal sealed class CompleteCommand : Command, IHasExamples
{
    private readonly CommandHost _host;
    private readonly Argument<string> _model = CommonSymbols.Model();
    private readonly Option<string> _prompt = new("--prompt") { Description = "The text to continue; - reads standard input.", HelpName = "TEXT" };
    private readonly Option<string> _promptFile = new("--prompt-file")
    {
        Description = "A file with the text to continue (UTF-8; one line break at its end is not part of it); - reads standard input.",
        HelpName = "FILE",
    };

    private readonly Option<int?> _maxTokens = new Option<int?>("--max-tokens") { Description = "The most tokens to generate. Default: 128.", HelpName = "N" }.From(1, int.MaxValue);
    private readonly Option<float?> _temperature = new Option<float?>("--temperature") { Description = "The temperature; 0 always takes the most likely token. Default: 0.7.", HelpName = "T" }.From(0f, 100f);
    private readonly Option<int?> _topK = new Option<int?>("--top-k") { Description = "How many of the most likely tokens are considered; 0 is all. Default: 40.", HelpName = "N" }.From(0, int.MaxValue);
    private readonly Option<float?> _topP = new Option<float?>("--top-p") { Description = "The probability mass of the tokens considered; 1 is all. Default: 0.9.", HelpName = "P" }.From(0f, 1f);
    private readonly Option<float?> _minP = new Option<float?>("--min-p") { Description = "The least probability of a token, relative to the most likely one; 0 is all. Default: 0.", HelpName = "P" }.From(0f, 1f);
    private readonly Option<uint?> _seed = new Option<uint?>("--seed") { Description = "The seed of the random choice. Default: a new one for each run.", HelpName = "N" }.From(0u, uint.MaxValue);
    private readonly Option<string[]> _stop = new("--stop") { Description = "A text that ends the completion and is not part of it. May be given several times.", HelpName = "TEXT" };
    private readonly Option<int?> _timeout = new Option<int?>("--timeout-ms") { Description = "The time limit in milliseconds, loading not included. What there is by then is printed, and the exit code is 3.", HelpName = "N" }.From(1, int.MaxValue);
    private readonly Option<int?> _threads = CommonSymbols.Threads();
    private readonly Option<int?> _contextSize = new Option<int?>("--ctx") { Description = "The context window in tokens. Default: 2048, or what the model was trained for if that is less.", HelpName = "N" }.From(1, int.MaxValue);
    private readonly Option<string> _grammar = new("--grammar") { Description = "A GBNF file whose grammar the completion follows.", HelpName = "FILE" };
    private readonly Option<string> _jsonSchema = new("--json-schema") { Description = "A JSON schema that the completion follows.", HelpName = "FILE" };
    private readonly Option<string[]> _lora = new("--lora") { Description = "A LoRA adapter, with its scale behind a colon (default 1). May be given several times.", HelpName = "FILE[:SCALE]" };
    private readonly Option<int?> _logProbabilities = new Option<int?>("--logprobs") { Description = "List the log probability of each token, and of the N most likely ones; with --json, or on standard error.", HelpName = "N" }.From(0, 1000);
    private readonly Option<string> _cache = new("--cache") { Description = "A file that keeps what was decoded: read if it is there, written afterwards. A prompt that begins the same starts behind it.", HelpName = "FILE" };
    private readonly Option<bool> _chat = new("--chat") { Description = "Take the prompt as a user's message to a model that was trained on turns." };
    private readonly Option<string> _template = new("--template") { Description = "The chat template: the name of one that llama.cpp has built in. Default: the model's own. Implies --chat.", HelpName = "NAME" };
    private readonly Option<int?> _draft = new Option<int?>("--draft") { Description = "Guess up to N tokens at once from what was said before: the same text, faster where it repeats itself. Default: 0.", HelpName = "N" }.From(0, 32);
    private readonly Option<bool> _timings = new("--timings") { Description = "Add to the JSON where the time went: queue, prefill, sampling, per token, guessed tokens." };
    private readonly Option<bool> _stream = new("--stream") { Description = "Print the text as it comes. Default on a terminal." };
    private readonly Option<bool> _noStream = new("--no-stream") { Description = "Print the text when it is complete. Default when the output is not a terminal, and with --json." };

    public CompleteCommand(CommandHost host)
        : base("complete", "Continues a prompt. Standard output has the continuation and nothing else.")
    {
        _host = host;
        Add(_model);
        foreach (Option option in (Option[])[_prompt, _promptFile, _maxTokens, _temperature, _topK, _topP, _minP, _seed, _stop, _timeout, _threads, _contextSize, _grammar, _jsonSchema, _lora, _logProbabilities, _cache, _chat, _template, _draft, _timings, _stream, _noStream])
        {
            Add(option);
        }
        this.RequireOneOf(_prompt, _promptFile);
        Validators.Add(result =>
        {
            if (result.GetValue(_stream) && result.GetValue(_noStream))
            {
                result.AddError("--stream and --no-stream exclude each other: give one of them");
            }
            if (result.GetResult(_grammar) is { Implicit: false } && result.GetResult(_jsonSchema) is { Implicit: false })
            {
                result.AddError("--grammar and --json-schema exclude each other: give one of them");
            }
            if (result.GetResult(_lora) is { Implicit: false } && result.GetResult(_cache) is { Implicit: false })
            {
                result.AddError("--lora and --cache exclude each other: what is decoded with an adapter is of no use without it");
            }
        });
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } =
    [
        "complete model.gguf --prompt \"Once upon a time\" --max-tokens 60",
        "complete model.gguf --prompt-file question.txt --temperature 0 --stop \"?\" --json",
        "complete model.gguf --prompt - --timeout-ms 2000 < question.txt",
        "complete model.gguf --chat --prompt \"Who are you?\" --cache chat.bin --logprobs 3",
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        LlamaModelOptions model = new()
        {
            ModelPath = parsed.GetRequiredValue(_model),
            Threads = parsed.GetValue(_threads) ?? 0,
            ContextSize = parsed.GetValue(_contextSize) ?? 0,
            ChatTemplate = parsed.GetValue(_template),
        };
        CompletionOptions completion = new()
        {
            MaxTokens = parsed.GetValue(_maxTokens),
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            MinP = parsed.GetValue(_minP),
            Seed = parsed.GetValue(_seed),
            StopStrings = parsed.GetValue(_stop) ?? [],
            Grammar = parsed.GetValue(_grammar) is { } grammar ? await InputText.ReadPromptAsync(_host.Console, grammar, cancellationToken).ConfigureAwait(false) : null,
            JsonSchema = parsed.GetValue(_jsonSchema) is { } schema ? await InputText.ReadPromptAsync(_host.Console, schema, cancellationToken).ConfigureAwait(false) : null,
            LogProbabilities = parsed.GetValue(_logProbabilities),
            DraftTokens = parsed.GetValue(_draft) ?? 0,
            Timeout = parsed.GetValue(_timeout) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        };
        string prompt = await ReadPromptAsync(parsed, cancellationToken).ConfigureAwait(false);
        CompletionRun run = new(_host)
        {
            Json = parsed.GetValue(_host.Json),
            Chat = parsed.GetValue(_chat) || model.ChatTemplate is not null,
            Adapters = [.. (parsed.GetValue(_lora) ?? []).Select(AdapterFile.Parse)],
            Timings = parsed.GetValue(_timings),
            CacheFile = parsed.GetValue(_cache),
            Stream = parsed.GetValue(_stream) || (_host.Console.IsOutInteractive && !parsed.GetValue(_noStream)),
        };
        return await run.RunAsync(model, prompt, completion, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> ReadPromptAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? prompt = parsed.GetValue(_prompt);
        string? file = prompt is null ? parsed.GetRequiredValue(_promptFile) : prompt == InputText.StandardInput ? prompt : null;
        if (file is not null)
        {
            prompt = await InputText.ReadPromptAsync(_host.Console, file, cancellationToken).ConfigureAwait(false);
        }
        return string.IsNullOrEmpty(prompt)
            ? throw new UsageException(file is null ? "the prompt is empty" : file == InputText.StandardInput ? "the prompt read from standard input is empty" : $"the prompt file '{file}' is empty")
            : prompt;
    }
}
