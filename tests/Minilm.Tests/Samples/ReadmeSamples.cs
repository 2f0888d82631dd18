using System.Text;
using Minilm.Tests.Support;

namespace Minilm.Tests.Samples;

/// <summary>The samples of README.md: each region runs here, and <see cref="ReadmeTests"/> compares it with the page.</summary>
public sealed class ReadmeSamples
{
    [Test]
    public void First_program_runs()
    {
        string[] args = [TestModels.Tiny];

        #region first-program
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = args[0] });
        model.Initialize();
        Completion reply = model.Predict(
            "Once upon a time",
            new CompletionOptions { MaxTokens = 60, Timeout = TimeSpan.FromSeconds(2) },
            text => Console.Out.Write(text));
        Console.WriteLine($"\n{reply.FinishReason}, {reply.Usage.TokensPerSecond:0} tokens/s");
        #endregion

        Assert.That(reply.Usage.PromptTokens, Is.Positive);
    }

    [Test]
    public async Task Fallback_answers_and_says_that_it_is_the_mock()
    {
        string path = "/nowhere/model.gguf";

        #region fallback
        using ILanguageModel model = await new LanguageModelLoader().LoadAsync(new LlamaModelOptions { ModelPath = path });
        ModelInfo info = model.GetModelInfo();
        Console.WriteLine($"{info.Backend} answers. {info.FallbackReason}"); // "mock answers. Model file '...' does not exist."
        Console.WriteLine(model.Predict("Are you happy?"));
        #endregion

        Assert.That(info.Backend, Is.EqualTo("mock"));
        Assert.That(info.FallbackReason, Is.EqualTo($"Model file '{path}' does not exist."));
    }

    [Test]
    public async Task Streaming_prints_as_it_comes()
    {
        using LlamaModel model = TestModels.LoadTiny();
        var options = new CompletionOptions { MaxTokens = 8 };
        CancellationToken cancellationToken = CancellationToken.None;

        #region streaming
        await foreach (CompletionChunk chunk in model.PredictStreamingAsync("Once upon a time", options, cancellationToken))
        {
            Console.Write(chunk.Text);
        }
        #endregion

        Assert.That(model.GetModelInfo().IsInitialized);
    }

    [Test]
    public void Own_loop_generates_text()
    {
        using LlamaModel model = TestModels.LoadTiny();
        var text = new StringBuilder();

        #region own-loop
        int[] tokens = model.Vocab.Tokenize("Once upon a time", addSpecial: true);
        using LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextSize = 256 });
        using LlamaSampler sampler = new LlamaSampler(model.Vocab).AddTopK(40).AddTemperature(0.8f).AddDistribution(seed: 42);
        context.Decode(tokens, position: 0);
        for (int position = tokens.Length; position < 64; position++)
        {
            if (sampler.Sample(context) is not { } token || model.Vocab.IsEndOfGeneration(token))
            {
                break;
            }
            text.Append(Encoding.UTF8.GetString(model.Vocab.GetPiece(token)));
            context.Decode([token], position);
        }
        #endregion

        Assert.That(text.Length, Is.Positive);
    }
}
