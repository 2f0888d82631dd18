using System.Text;
using Minilm.Dialog;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.Cards;

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
            new CompletionOptions { MaxTokens = 60, Timeout = TimeSpan.FromSeconds(2), OnInterruption = InterruptionBehavior.ReturnPartial },
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
    public async Task Chat_answers()
    {
        using var model = new MockModel();
        model.Initialize();

        #region chat
        Completion answer = await model.PredictChatAsync(
        [
            new ChatMessage(ChatMessage.System, "You are a lighthouse keeper."),
            new ChatMessage(ChatMessage.User, "Is it foggy out there?"),
        ]);
        #endregion

        Assert.That(answer.Text, Is.Not.Empty);
    }

    [Test]
    public async Task A_character_answers_without_a_model_too()
    {
        string cardPath = Repository.PathOf("assets/characters/linden/character.json");

        #region dialog
        using var models = new LanguageModelPool(); // characters that name the same file share one model
        using var linden = new DialogManager(CharacterCard.Load(cardPath), new DialogManagerOptions { Models = models });
        await linden.PrepareAsync(); // loads the model now instead of with the first dialog
        DialogResponse reply = await linden.RespondAsync(new DialogContext
        {
            Trigger = DialogTriggers.Talk,
            UserText = "Is it deep, your pond?",
            ConversationId = "player-1",
            Mood = 70,
        });
        Console.WriteLine($"[{reply.Animation}] {reply.Text} ({reply.Backend}, {reply.ModelBackend})");
        linden.GiveFeedback("player-1", new DialogFeedback(Positive: true));
        #endregion

        Assert.That(reply.Text, Is.Not.Empty);
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
