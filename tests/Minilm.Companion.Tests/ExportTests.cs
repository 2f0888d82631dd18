using System.Text;
using System.Text.Json;
using Minilm.Companion.Export;
using Minilm.Gguf;

namespace Minilm.Tests.Companion;

/// <summary>From what training leaves to a file that llama.cpp runs.</summary>
[TestFixture]
public sealed class ExportTests
{
    private const int Width = 32;
    private const int FeedForward = 64;

    private static readonly string[] Controls = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"];

    [Test]
    public void The_exported_model_talks_in_its_template()
    {
        string folder = TestModels.PathOf("training");
        string path = TestModels.PathOf("exported.gguf");
        WriteTraining(folder);
        ModelFile.Write(folder, path);

        using LlamaModel model = TestModels.Load(path);
        Completion completion = model.PredictChat([new ChatMessage(ChatMessage.User, "hi")], new CompletionOptions { MaxTokens = 4 });
        Assert.Multiple(() =>
        {
            Assert.That(model.GetModelInfo().HasChatTemplate, Is.True);
            Assert.That(completion.Usage.PromptTokens, Is.EqualTo(model.Vocab.Tokenize("<|user|>\nhi<|end|>\n<|assistant|>\n", addSpecial: true, parseSpecial: true).Length));
            Assert.That(model.Vocab.EndOfTurn, Is.EqualTo(3 + 256 + 3));
            Assert.That(GgufFile.Read(path).Facts.Sampling.Temperature, Is.EqualTo(Recommended.Temperature));
        });
    }

    [Test]
    public void A_reference_that_differs_is_seen()
    {
        string folder = TestModels.PathOf("other-training");
        string path = TestModels.PathOf("compared.gguf");
        WriteTraining(folder);
        ModelFile.Write(folder, path);
        int[] prompt = [256 + 3 + 1, 3 + 10, .. Encoding.ASCII.GetBytes("hi").Select(b => b + 3), 256 + 3 + 3, 3 + 10, 256 + 3 + 2, 3 + 10];
        File.WriteAllText(Path.Combine(folder, "reference.jsonl"), """{"messages":[{"role":"user","content":"hi"}]}""");
        WriteTensors(Path.Combine(folder, "reference.safetensors"), [("tokens.0", [prompt.Length], prompt), ("logits.0", [3 + 256 + 4], Enumerable.Repeat(1000f, 3 + 256 + 4).ToArray())]);

        LogitDifference difference = ReferenceCheck.Compare(folder, path);
        Assert.That(difference.Prompts, Is.EqualTo(1));
        Assert.That(difference.LargestDifference, Is.GreaterThan(900));

        File.WriteAllText(Path.Combine(folder, "reference.jsonl"), """{"messages":[{"role":"user","content":"other"}]}""");
        Assert.That(() => ReferenceCheck.Compare(folder, path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("tokens in the library"));
    }

    private static void WriteTraining(string folder)
    {
        Directory.CreateDirectory(folder);
        string[] pieces = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(i => $"<0x{i:X2}>"), .. Controls];
        int[] types = [2, 3, 3, .. Enumerable.Repeat(6, 256), 3, 3, 3, 3];
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), JsonSerializer.Serialize(new { pieces, scores = new float[pieces.Length], types, end = pieces.Length - 1 }));
        File.WriteAllText(Path.Combine(folder, "shape.json"), """{"heads":2,"context":128,"feed_forward":64,"rope_base":10000.0,"epsilon":1e-5}""");
        var random = new Random(1);
        (string, int[], Array) Matrix(string name, int rows, int columns) => (name, [rows, columns], Enumerable.Range(0, rows * columns).Select(_ => (float)random.NextDouble() - 0.5f).ToArray());
        (string, int[], Array) Norm(string name) => (name, [Width], Enumerable.Repeat(1f, Width).ToArray());
        WriteTensors(Path.Combine(folder, "weights.safetensors"),
        [
            Matrix("token_embd.weight", pieces.Length, Width),
            Norm("output_norm.weight"),
            Norm("blk.0.attn_norm.weight"),
            Matrix("blk.0.attn_q.weight", Width, Width),
            Matrix("blk.0.attn_k.weight", Width, Width),
            Matrix("blk.0.attn_v.weight", Width, Width),
            Matrix("blk.0.attn_output.weight", Width, Width),
            Norm("blk.0.ffn_norm.weight"),
            Matrix("blk.0.ffn_gate.weight", FeedForward, Width),
            Matrix("blk.0.ffn_up.weight", FeedForward, Width),
            Matrix("blk.0.ffn_down.weight", Width, FeedForward),
        ]);
    }

    private static void WriteTensors(string path, IReadOnlyList<(string Name, int[] Shape, Array Values)> tensors)
    {
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        int offset = 0;
        foreach ((string name, int[] shape, Array values) in tensors)
        {
            header[name] = new { dtype = values is int[] ? "I32" : "F32", shape, data_offsets = new[] { offset, offset + (4 * values.Length) } };
            offset += 4 * values.Length;
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write((ulong)json.Length);
        writer.Write(json);
        foreach ((_, _, Array values) in tensors)
        {
            var bytes = new byte[4 * values.Length];
            Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            writer.Write(bytes);
        }
    }
}
