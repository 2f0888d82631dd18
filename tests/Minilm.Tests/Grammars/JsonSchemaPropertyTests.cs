using Minilm.Gguf;

namespace Minilm.Tests.Grammars;

public sealed class JsonSchemaPropertyTests
{
    [Test]
    public void Every_output_under_a_random_schema_parses_and_is_valid()
    {
        const int Schemas = 1000;
        string path = TestModels.Write("schemas.gguf", new RandomModelOptions { LayerCount = 1, EmbeddingLength = 32, HeadCount = 2, HeadCountKv = 1, FeedForwardLength = 32 });
        using LlamaModel model = TestModels.Load(path);
        var schemas = new RandomSchemas(seed: 20);
        int finished = 0;
        List<string> problems = [];
        for (uint i = 0; i < Schemas; i++)
        {
            string schema = schemas.Next();
            Completion completion = model.Predict("x", new CompletionOptions { JsonSchema = schema, Temperature = 1.5f, TopK = 0, TopP = 1, MaxTokens = 300, Seed = i });
            if (completion.FinishReason == FinishReason.Stop)
            {
                finished++;
                if (JsonJudge.Problem(schema, completion.Text) is { } problem)
                {
                    problems.Add($"{schema}\n  wrote {completion.Text}\n  {problem}");
                }
            }
        }

        Assert.Multiple(() =>
        {
            Assert.That(problems, Is.Empty);
            Assert.That(finished, Is.GreaterThan(Schemas * 9 / 10), "outputs that came to their end");
        });
        TestContext.Out.WriteLine($"{finished} of {Schemas} outputs came to their end within 300 tokens.");
    }
}
