using Minilm.Gguf;

namespace Minilm.Tests.Loading;

/// <summary>A whole model, cut into three files.</summary>
public sealed class SplitModelTests
{
    private static readonly CompletionOptions Greedy = new() { MaxTokens = 12, Temperature = 0 };

    [Test]
    public void Initialize_loads_all_parts_from_the_first()
    {
        using TemporaryFolder folder = new();
        string first = Split(folder);
        using LlamaModel whole = TestModels.LoadTiny();
        using LlamaModel parts = TestModels.Load(first);

        Assert.That(parts.Predict("Hello", Greedy).Text, Is.EqualTo(whole.Predict("Hello", Greedy).Text));
        Assert.That(parts.GetModelInfo().ParameterCount, Is.EqualTo(whole.GetModelInfo().ParameterCount));
    }

    [Test]
    public void Initialize_names_the_part_that_is_missing()
    {
        using TemporaryFolder folder = new();
        string first = Split(folder);
        File.Delete(folder.PathOf("model-00002-of-00003.gguf"));
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = first });

        Assert.That(() => model.Initialize(), Throws.TypeOf<ModelLoadException>().With.Message.Contains("model-00002-of-00003.gguf").And.Message.Contains("does not exist"));
    }

    [Test]
    public void Initialize_asks_for_the_first_part()
    {
        using TemporaryFolder folder = new();
        Split(folder);
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = folder.PathOf("model-00002-of-00003.gguf") });

        Assert.That(() => model.Initialize(), Throws.TypeOf<ModelLoadException>());
    }

    [Test]
    public void Quantize_makes_one_file_of_all_parts()
    {
        using TemporaryFolder folder = new();
        string first = Split(folder);
        Quantization written = LlamaQuantizer.Quantize(first, folder.PathOf("whole.gguf"), GgmlFileType.Q8_0);
        using LlamaModel model = TestModels.Load(written.Output);

        Assert.That(written.BytesBefore, Is.GreaterThan(new FileInfo(TestModels.Tiny).Length - 4096), "all parts count");
        Assert.That(model.Predict("Hello", Greedy).Usage.CompletionTokens, Is.EqualTo(12));
    }

    private static string Split(TemporaryFolder folder)
    {
        const int Count = 3;
        GgufFile file = GgufFile.Read(TestModels.Tiny);
        byte[] bytes = File.ReadAllBytes(TestModels.Tiny);
        for (int part = 0; part < Count; part++)
        {
            GgufWriter writer = new();
            if (part == 0)
            {
                foreach ((string key, GgufValue value) in file.Metadata)
                {
                    writer.Add(key, value);
                }
            }
            writer.Add("split.no", (ushort)part).Add("split.count", (ushort)Count).Add("split.tensors.count", file.Tensors.Count);
            foreach (GgufTensorInfo tensor in file.Tensors.Where((_, index) => index * Count / file.Tensors.Count == part))
            {
                writer.AddTensor(tensor.Name, tensor.Type, [.. tensor.Dimensions], bytes.AsMemory((int)(file.DataOffset + tensor.Offset), (int)tensor.ByteSize));
            }
            writer.Write(folder.PathOf($"model-{part + 1:D5}-of-{Count:D5}.gguf"));
        }
        return folder.PathOf($"model-00001-of-{Count:D5}.gguf");
    }
}
