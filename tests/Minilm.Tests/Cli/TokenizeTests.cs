using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Minilm.Tests.Cli;

[TestFixture]
public sealed class TokenizeTests
{
    private string _file = "";

    [SetUp]
    public void CreateFile() => _file = Path.GetTempFileName();

    [TearDown]
    public void DeleteFile() => File.Delete(_file);

    [TestCase("gpt-2")]
    [TestCase("llama-spm")]
    [TestCase("phi-3")]
    public async Task The_ids_of_a_files_bytes_are_those_of_llama_cpp(string name)
    {
        string vocab = TestData.Get($"vocab/ggml-vocab-{name}.gguf");
        string[] texts = (await File.ReadAllTextAsync(vocab + ".inp")).Split("\n__ggml_vocab_test__\n");
        string[] expected = await File.ReadAllLinesAsync(vocab + ".out");

        // Loading a vocabulary takes longer than tokenizing: a sample of the texts.
        for (int i = 0; i < texts.Length; i += 8)
        {
            await File.WriteAllTextAsync(_file, texts[i]);
            CliRun run = await CliRun.OfAsync("tokenize", vocab, "--file", _file);

            Assert.That(run.ExitCode, Is.Zero, run.Error);
            Assert.That(run.Out.Trim(), Is.EqualTo(expected[i].Trim()), texts[i]);
        }
    }

    [Test]
    public async Task Json_has_the_ids_and_the_pieces_when_asked_for()
    {
        CliRun ids = await CliRun.OfAsync("tokenize", TestModels.Tiny, "--text", "a \"b\"\n", "--json");
        CliRun both = await CliRun.OfAsync("tokenize", TestModels.Tiny, "--text", "a \"b\"\n", "--json", "--pieces");

        Assert.Multiple(() =>
        {
            Assert.That(ids.Json.EnumerateObject().Select(property => property.Name), Is.EqualTo((string[])["tokens"]));
            Assert.That(both.Json.GetProperty("tokens").GetRawText(), Is.EqualTo(ids.Json.GetProperty("tokens").GetRawText()));
            Assert.That(string.Concat(both.Json.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString())), Is.EqualTo("a \"b\"\n"));
        });
    }

    [Test]
    public async Task Pieces_that_are_not_text_are_byte_values()
    {
        CliRun run = await CliRun.OfAsync(["tokenize", TestModels.Tiny, "--file", "-", "--pieces", "--json"], stdin: [0xFF]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Json.GetProperty("pieces")[0].ValueKind, Is.EqualTo(JsonValueKind.Array));
        Assert.That(run.Json.GetProperty("pieces")[0][0].GetInt32(), Is.EqualTo(0xFF));
    }

    [Test]
    public async Task Pieces_for_people_are_escaped_one_a_line()
    {
        CliRun run = await CliRun.OfAsync(["tokenize", TestModels.Tiny, "--file", "-", "--pieces"], stdin: "\n\\\u001b"u8.ToArray());

        Assert.That(run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[1]), Is.EqualTo((string[])[@"\n", @"\\", @"\x1b"]));
    }

    [Test]
    public async Task Special_adds_the_token_that_begins_a_text()
    {
        int[] plain = Ids(await CliRun.OfAsync("tokenize", TestModels.Tiny, "--text", "abc"));
        int[] special = Ids(await CliRun.OfAsync("tokenize", TestModels.Tiny, "--text", "abc", "--special"));

        Assert.That(special[1..], Is.EqualTo(plain));
    }

    [Test]
    public async Task Nothing_has_no_tokens()
    {
        CliRun run = await CliRun.OfAsync("tokenize", TestModels.Tiny, "--text", "", "--json");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Is.EqualTo("{\"tokens\":[]}\n"));
    }

    [Test]
    public async Task A_byte_order_mark_in_a_file_is_text()
    {
        await File.WriteAllBytesAsync(_file, [.. Encoding.UTF8.Preamble, (byte)'a']);
        CliRun run = await CliRun.OfAsync("tokenize", TestModels.Tiny, "--file", _file);

        Assert.That(Ids(run), Has.Length.GreaterThan(1));
    }

    private static int[] Ids(CliRun run) => [.. run.Out.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
}
