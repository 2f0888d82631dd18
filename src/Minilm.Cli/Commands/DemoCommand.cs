using System.CommandLine;
using Minilm.Gguf;

namespace Minilm.Cli.Commands;

/// <summary><c>minilm demo</c>: shows that everything works, without a model to download.</summary>
internal sealed class DemoCommand : Command, IHasExamples
{
    private readonly CommandHost _host;
    private readonly Option<string> _prompt = new("--prompt") { Description = "The text to continue.", HelpName = "TEXT", DefaultValueFactory = _ => "Once upon a time" };
    private readonly Option<int> _maxTokens = new Option<int>("--max-tokens") { Description = "The most tokens to generate.", HelpName = "N", DefaultValueFactory = _ => 48 }.From(1, int.MaxValue);

    public DemoCommand(CommandHost host)
        : base("demo", "Writes a small model of random weights and completes a prompt on it.")
    {
        _host = host;
        Add(_prompt);
        Add(_maxTokens);
        SetAction(RunAsync);
    }

    public IReadOnlyList<string> Examples { get; } = ["demo", "demo --prompt \"Hello\" --json"];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string prompt = parsed.GetRequiredValue(_prompt);
        if (prompt.Length == 0)
        {
            throw new UsageException("the prompt is empty");
        }
        string path = Path.Combine(Path.GetTempPath(), $"minilm-demo-{Guid.NewGuid():N}.gguf");
        try
        {
            RandomModelWriter.Write(path, RandomModelOptions.Tiny);
            return await CompleteAsync(path, prompt, parsed, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task<int> CompleteAsync(string path, string prompt, ParseResult parsed, CancellationToken cancellationToken)
    {
        bool json = parsed.GetValue(_host.Json);
        if (!json)
        {
            _host.Console.Out.WriteLine($"Minilm {MinilmRootCommand.Version} on llama.cpp {LlamaRuntime.Versions.Llama}, with a model of random weights: its words are random, only the machinery is real.");
            _host.Console.Out.WriteLine();
            _host.Console.Out.Write(prompt);
        }
        CompletionRun run = new(_host) { Json = json, Stream = true };
        int result = await run.RunAsync(
            new LlamaModelOptions { ModelPath = path },
            prompt,
            new CompletionOptions { MaxTokens = parsed.GetValue(_maxTokens), Seed = 1 },
            cancellationToken).ConfigureAwait(false);
        if (!json)
        {
            _host.Console.Out.WriteLine();
            _host.Console.Out.WriteLine("With a real model:  ./build.sh run -- complete MODEL.gguf --prompt \"Once upon a time\"");
        }
        return result;
    }
}
