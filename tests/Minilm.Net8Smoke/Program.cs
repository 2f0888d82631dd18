// A host on .NET 8, written in its C#: what it gets from both libraries, as one JSON object.
// Arguments: a model, a card whose character speaks through a model, a card whose character has lines only, JSON schemas.
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Minilm;
using Minilm.Dialog;
using Minilm.Dialog.Cards;

const string Prompt = "Once upon a time";
CompletionOptions greedy = new() { Temperature = 0, MaxTokens = 12 };

using LlamaThreadPool pool = new(new LlamaThreadPoolOptions { Threads = 1 });
using LlamaModel llama = new(new LlamaModelOptions { ModelPath = args[0], Threads = 1 }, threadPool: pool);
ILanguageModel model = llama;
model.Initialize();

StringBuilder streamed = new();
await foreach (CompletionChunk chunk in model.PredictStreamingAsync(Prompt, greedy))
{
    streamed.Append(chunk.Text);
}

Console.WriteLine(JsonSerializer.Serialize(new
{
    Runtime = RuntimeInformation.FrameworkDescription,
    Target = typeof(LlamaModel).Assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName,
    Own = llama.Predict(Prompt, greedy).Text,
    Extension = model.Predict(Prompt, greedy).Text,
    Asynchronous = (await model.PredictAsync(Prompt, greedy)).Text,
    Streamed = streamed.ToString(),
    Tokens = model.CountTokens(Prompt),
    Replies = new[] { await ReplyAsync(args[1]), await ReplyAsync(args[2]) },
    Grammars = args[3..].Select(Grammar),
}));

static async Task<string[]> ReplyAsync(string card)
{
    using DialogManager manager = new(CharacterCard.Load(card), new DialogManagerOptions { Seed = 1 });
    await manager.PrepareAsync();
    DialogResponse response = await manager.RespondAsync(new DialogContext { Trigger = DialogTriggers.Talk, UserText = "How are you?" });
    return [response.Backend, response.Text];
}

static string Grammar(string schema)
{
    try
    {
        return JsonSchemaGrammar.Convert(schema);
    }
    catch (JsonSchemaException problem)
    {
        return problem.Message;
    }
}
