using System.Text.Json;

namespace Minilm.Tests.Embeddings;

public sealed class EmbedCommandTests
{
    [Test]
    public async Task Json_has_a_vector_for_each_text()
    {
        CliRun run = await CliRun.OfAsync("embed", TestModels.Tiny, "--text", "one", "--text", "another", "--json");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.Multiple(() =>
        {
            Assert.That(run.Json.EnumerateObject().Select(property => property.Name), Is.EqualTo((string[])["embeddings", "dimensions", "pooling", "tokens"]));
            Assert.That(run.Json.GetProperty("embeddings").EnumerateArray().Select(vector => vector.GetArrayLength()), Is.EqualTo((int[])[64, 64]));
            Assert.That(run.Json.GetProperty("dimensions").GetInt32(), Is.EqualTo(64));
            Assert.That(run.Json.GetProperty("pooling").GetString(), Is.EqualTo("mean"));
            Assert.That(run.Json.GetProperty("tokens").GetInt32(), Is.GreaterThan(2));
            Assert.That(Length(run.Json.GetProperty("embeddings")[0]), Is.EqualTo(1).Within(1e-4));
        });
    }

    [Test]
    public async Task Lines_of_a_file_are_texts()
    {
        CliRun run = await CliRun.OfAsync(["embed", TestModels.Tiny, "--file", "-", "--no-normalize", "--pooling", "last", "--json"], stdin: "one\r\n\ntwo\n"u8.ToArray());

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Json.GetProperty("embeddings").GetArrayLength(), Is.EqualTo(2));
        Assert.That(run.Json.GetProperty("pooling").GetString(), Is.EqualTo("last"));
        Assert.That(Length(run.Json.GetProperty("embeddings")[0]), Is.Not.EqualTo(1).Within(0.01));
    }

    [Test]
    public async Task Unpooled_texts_have_a_vector_for_each_token()
    {
        CliRun run = await CliRun.OfAsync("embed", TestModels.Tiny, "--text", "one", "--pooling", "none", "--json");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Json.GetProperty("embeddings")[0].GetArrayLength(), Is.EqualTo(run.Json.GetProperty("tokens").GetInt32()));
        Assert.That(run.Json.GetProperty("embeddings")[0][0].GetArrayLength(), Is.EqualTo(64));
    }

    [Test]
    public async Task People_see_a_table_and_how_alike_the_texts_are()
    {
        CliRun run = await CliRun.OfAsync("embed", TestModels.Tiny, "--text", "one\ntext", "--text", "another", "--text", "one\ntext");
        string[] lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(lines, Has.Length.EqualTo(3 + 1 + 3));
        Assert.That(lines[3], Does.StartWith("cosine"));
        Assert.That(lines[4], Does.Contain("1.0000").And.EndWith("1.0000"));
    }

    [Test]
    public async Task One_text_is_compared_with_nothing()
    {
        CliRun run = await CliRun.OfAsync("embed", TestModels.Tiny, "--text", "alone");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Not.Contain("cosine"));
    }

    [Test]
    public async Task What_cannot_be_embedded_is_an_error_with_a_reason()
    {
        using TemporaryFolder folder = new();
        string ranking = EncoderModel.Write(folder.PathOf("rank.gguf"), EmbeddingPooling.Rank, hasHead: true);
        CliRun nothing = await CliRun.OfAsync("embed", TestModels.Tiny);
        CliRun both = await CliRun.OfAsync("embed", TestModels.Tiny, "--text", "a", "--file", "b");
        CliRun wrong = await CliRun.OfAsync("embed", TestModels.Tiny, "--text", "a", "--pooling", "sum");
        CliRun empty = await CliRun.OfAsync(["embed", TestModels.Tiny, "--file", "-"], stdin: "\n\n"u8.ToArray());
        CliRun tooLong = await CliRun.OfAsync("embed", TestModels.Tiny, "--text", "a", "--text", "quite long", "--ctx-size", "4");
        CliRun cut = await CliRun.OfAsync("embed", TestModels.Tiny, "--text", "a", "--text", "quite long", "--ctx-size", "4", "--truncate");
        CliRun rank = await CliRun.OfAsync("embed", ranking, "--text", "cat");

        Assert.Multiple(() =>
        {
            Assert.That(nothing, Has.Property("ExitCode").EqualTo(2).And.Property("Error").Contains("--text or --file"));
            Assert.That(both, Has.Property("ExitCode").EqualTo(2).And.Property("Error").Contains("mutually exclusive"));
            Assert.That(wrong, Has.Property("ExitCode").EqualTo(2).And.Property("Error").Contains("sum"));
            Assert.That(empty, Has.Property("ExitCode").EqualTo(2).And.Property("Error").Contains("no text"));
            Assert.That(tooLong, Has.Property("ExitCode").EqualTo(1).And.Property("Error").Contains("Text 1 has"));
            Assert.That(cut.ExitCode, Is.Zero, cut.Error);
            Assert.That(rank, Has.Property("ExitCode").EqualTo(2).And.Property("Error").Contains("reranking model"));
        });
    }

    private static double Length(JsonElement vector) => Math.Sqrt(vector.EnumerateArray().Sum(element => element.GetDouble() * element.GetDouble()));
}
