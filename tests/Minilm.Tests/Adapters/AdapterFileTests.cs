using Minilm.Gguf;

namespace Minilm.Tests.Adapters;

/// <summary>What libllama must not see, or would refuse with fewer words.</summary>
public sealed class AdapterFileTests
{
    private const string Target = "blk.0.attn_q.weight";

    private LlamaModel _model = null!;
    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = TestModels.LoadTiny();
    }

    [OneTimeTearDown]
    public void Free()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void LoadAdapter_refuses_keys_that_do_not_fit()
    {
        Assert.Multiple(() =>
        {
            Refuses(Edit().Set("general.type", writer => writer.Add("general.type", "model")), "general.type", "'adapter' is expected");
            Refuses(Edit().Set("general.type", null), "general.type", "missing");
            Refuses(Edit().Set("general.architecture", writer => writer.Add("general.architecture", "qwen2")), "'qwen2'", "'llama' is expected", "another model");
            Refuses(Edit().Set("adapter.type", writer => writer.Add("adapter.type", "ia3")), "adapter.type", "ia3");
            Refuses(Edit().Set("adapter.lora.alpha", writer => writer.Add("adapter.lora.alpha", 8.0)), "adapter.lora.alpha", "f32");
            Refuses(Edit().Set("adapter.lora.alpha", writer => writer.Add("adapter.lora.alpha", float.NaN)), "adapter.lora.alpha", "finite");
            Refuses(Edit().Set("adapter.alora.invocation_tokens", writer => writer.Add("adapter.alora.invocation_tokens", 1u)), "aLoRA");
        });
    }

    [Test]
    public void LoadAdapter_without_an_alpha_leaves_scales_as_they_are()
    {
        using LlamaAdapter adapter = _model.LoadAdapter(Edit().Set("adapter.lora.alpha", null).Write(_folder.PathOf("plain.gguf")));

        Assert.That(adapter.Alpha, Is.Zero);
    }

    [Test]
    public void LoadAdapter_refuses_tensors_that_do_not_fit()
    {
        Assert.Multiple(() =>
        {
            Refuses(Edit((name, shape) => (name.Replace("attn_q", "attn_z", StringComparison.Ordinal), shape)), "no tensor 'blk.0.attn_z.weight'", "another model");
            Refuses(Edit((name, shape) => name.EndsWith("_b", StringComparison.Ordinal) ? null : (name, shape)), "no 'blk.0.attn_q.weight.lora_b'");
            Refuses(Edit((name, shape) => (name + ".weight", shape)), "followed by '.lora_a'");
            Refuses(Edit((name, shape) => (name, name.EndsWith("_b", StringComparison.Ordinal) ? [shape[0] + 1, shape[1]] : shape)), "no rank in common");
            Refuses(Edit((name, shape) => (name, name.EndsWith("_b", StringComparison.Ordinal) ? [shape[0], shape[1] / 2] : shape)), "[64 x 64]");
            Refuses(Edit((name, shape) => (name, name.EndsWith("_a", StringComparison.Ordinal) ? [shape[0] * 2, shape[1]] : shape)), "[128 x 4]");
            Refuses(Edit((name, shape) => (name, [.. shape, 2])), "are not for");
            Refuses(Edit((name, shape) => (name.Replace("attn_q", "attn_norm", StringComparison.Ordinal), shape)), "are not for [64]");
            Refuses(Edit((_, _) => null), "at least one pair");
            Refuses(new AdapterEdit(TestModels.Tiny) { Targets = name => name == Target, Type = GgmlType.I32 }, "I32");
        });
    }

    [Test]
    public void LoadAdapter_refuses_a_model_and_what_is_no_file()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => _model.LoadAdapter(TestModels.Tiny), Throws.TypeOf<ModelLoadException>().With.Message.Contains("'adapter' is expected"));
            Assert.That(() => _model.LoadAdapter(_folder.PathOf("nothing.gguf")), Throws.TypeOf<ModelLoadException>().With.Message.Contains("nothing.gguf"));
            Assert.That(() => _model.LoadAdapter(""), Throws.ArgumentException);
        });
    }

    [Test]
    public void LoadAdapter_survives_damaged_files()
    {
        byte[] good = File.ReadAllBytes(new AdapterEdit(TestModels.Tiny).Write(_folder.PathOf("good.gguf")));
        int header = (int)GgufFile.Read(_folder.PathOf("good.gguf")).DataOffset;
        var random = new Random(7);
        int refused = 0;
        for (int round = 0; round < 200; round++)
        {
            byte[] bad = round % 4 == 0 ? good[..random.Next(good.Length)] : (byte[])good.Clone();
            for (int i = 0; i < 1 + round % 3; i++)
            {
                bad[random.Next(Math.Min(header, bad.Length))] = (byte)random.Next(256);
            }
            string path = _folder.Write("bad.gguf", bad);
            try
            {
                _model.LoadAdapter(path).Dispose();
            }
            catch (ModelLoadException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(100));
        Assert.That(_model.Predict("a", new CompletionOptions { MaxTokens = 2 }).Text, Is.Not.Null, "the process lives");
    }

    [Test]
    public void Two_threads_may_load_and_free_adapters_of_one_model()
    {
        string path = new AdapterEdit(TestModels.Tiny).Write(_folder.PathOf("shared.gguf"));

        Parallel.For(0, 64, _ => _model.LoadAdapter(path).Dispose());

        using LlamaAdapter adapter = _model.LoadAdapter(path);
        Assert.That(adapter.Rank, Is.EqualTo(4));
    }

    private static AdapterEdit Edit(Func<string, long[], (string Name, long[] Shape)?>? change = null) =>
        new(TestModels.Tiny) { Targets = name => name == Target, Change = change ?? ((name, shape) => (name, shape)) };

    private void Refuses(AdapterEdit edit, params string[] words)
    {
        string path = edit.Write(_folder.PathOf("refused.gguf"));
        ModelLoadException? error = Assert.Throws<ModelLoadException>(() => _model.LoadAdapter(path).Dispose());
        foreach (string word in words)
        {
            Assert.That(error!.Message, Does.Contain(word));
        }
    }
}
