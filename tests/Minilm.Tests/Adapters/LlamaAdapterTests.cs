using Minilm.Gguf;
using Minilm.Interop.Handles;

namespace Minilm.Tests.Adapters;

public sealed class LlamaAdapterTests
{
    private const string Prompt = "once upon a time";

    private LlamaModel _model = null!;
    private TemporaryFolder _folder = null!;
    private LlamaAdapter _first = null!;
    private LlamaAdapter _second = null!;
    private int[] _tokens = [];

    [OneTimeSetUp]
    public void Load()
    {
        _folder = new TemporaryFolder();
        _model = TestModels.LoadTiny();
        _first = _model.LoadAdapter(new AdapterEdit(TestModels.Tiny).Write(_folder.PathOf("first.gguf")));
        _second = _model.LoadAdapter(new AdapterEdit(TestModels.Tiny) { Seed = 2, Rank = 7, Targets = name => name.Contains("attn_", StringComparison.Ordinal) }.Write(_folder.PathOf("second.gguf")));
        _tokens = _model.Vocab.Tokenize(Prompt, addSpecial: true);
    }

    [OneTimeTearDown]
    public void Free()
    {
        _first.Dispose();
        _second.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void LoadAdapter_says_what_is_in_the_file()
    {
        Assert.Multiple(() =>
        {
            Assert.That(_first.Rank, Is.EqualTo(4));
            Assert.That(_first.Alpha, Is.EqualTo(8));
            Assert.That(_first.TensorCount, Is.EqualTo(16), "two layers of seven, the table and the output");
            Assert.That(_second.Rank, Is.EqualTo(7));
            Assert.That(_second.TensorCount, Is.EqualTo(8));
            Assert.That(_first.Path, Does.EndWith("first.gguf"));
        });
    }

    [Test]
    public void SetAdapters_with_scale_0_changes_nothing()
    {
        using LlamaContext context = _model.CreateContext();
        float[] plain = Logits(context);

        context.SetAdapters(new LlamaAdapterScale(_first, 0));

        Assert.That(Logits(context), Is.EqualTo(plain));
        Assert.That(context.AdapterFingerprint, Is.Zero);
    }

    [Test]
    public void SetAdapters_changes_the_logits_by_scale_until_it_removes_them()
    {
        using LlamaContext context = _model.CreateContext();
        float[] plain = Logits(context);
        context.SetAdapters(new LlamaAdapterScale(_first));
        float[] whole = Logits(context);
        context.SetAdapters(new LlamaAdapterScale(_first, 0.25f));
        float[] weak = Logits(context);
        context.SetAdapters();
        float[] restored = Logits(context);

        Assert.Multiple(() =>
        {
            Assert.That(whole, Has.None.NaN);
            Assert.That(Distance(plain, whole), Is.GreaterThan(1));
            Assert.That(Distance(plain, weak), Is.GreaterThan(0.1f).And.LessThan(Distance(plain, whole)));
            Assert.That(restored, Is.EqualTo(plain), "exactly");
        });
    }

    [Test]
    public void SetAdapters_adds_the_scales_of_the_same_matrices()
    {
        using LlamaAdapter copy = _model.LoadAdapter(_first.Path);
        using LlamaContext context = _model.CreateContext();
        context.SetAdapters(new LlamaAdapterScale(_first, 0.75f), new LlamaAdapterScale(copy, 0.5f));
        float[] together = Logits(context);
        context.SetAdapters(new LlamaAdapterScale(_first, 1.25f));
        float[] alone = Logits(context);

        Assert.That(together, Is.EqualTo(alone).Within(1e-3f));
    }

    [Test]
    public void SetAdapters_combines_several_and_takes_each_away_alone()
    {
        using LlamaContext context = _model.CreateContext();
        context.SetAdapters(new LlamaAdapterScale(_second, 0.5f));
        float[] second = Logits(context);
        context.SetAdapters(new LlamaAdapterScale(_first), new LlamaAdapterScale(_second, 0.5f));
        float[] both = Logits(context);
        context.SetAdapters(new LlamaAdapterScale(_second, 0.5f), new LlamaAdapterScale(_first));
        float[] turned = Logits(context);
        context.SetAdapters(new LlamaAdapterScale(_second, 0.5f));

        Assert.Multiple(() =>
        {
            Assert.That(Distance(second, both), Is.GreaterThan(0.1f));
            Assert.That(turned, Is.EqualTo(both).Within(1e-3f), "the order does not matter");
            Assert.That(Logits(context), Is.EqualTo(second));
        });
    }

    [Test]
    public void SetAdapters_holds_for_one_context_only()
    {
        using LlamaContext with = _model.CreateContext();
        using LlamaContext without = _model.CreateContext();
        float[] plain = Logits(without);
        with.SetAdapters(new LlamaAdapterScale(_first));
        Logits(with);

        Assert.That(Logits(without), Is.EqualTo(plain));
    }

    [Test]
    public void AdapterFingerprint_tells_sets_apart_whatever_their_order()
    {
        ulong one = LlamaAdapterScale.Fingerprint([new(_first), new(_second, 0.5f)]);

        Assert.Multiple(() =>
        {
            Assert.That(LlamaAdapterScale.Fingerprint([new(_second, 0.5f), new(_first)]), Is.EqualTo(one));
            Assert.That(LlamaAdapterScale.Fingerprint([new(_second), new(_first, 0.5f)]), Is.Not.EqualTo(one));
            Assert.That(LlamaAdapterScale.Fingerprint([new(_first)]), Is.Not.EqualTo(one));
            Assert.That(LlamaAdapterScale.Fingerprint([new(_first, 0)]), Is.Zero);
        });
    }

    [Test]
    public void Predict_uses_the_adapters_of_its_call()
    {
        var plain = new CompletionOptions { Temperature = 0, MaxTokens = 12 };
        string before = _model.Predict(Prompt, plain).Text;
        string adapted = _model.Predict(Prompt, plain with { Adapters = [new(_first.Name), new(_second.Name)] }).Text;
        string after = _model.Predict(Prompt, plain).Text;

        Assert.That(adapted, Is.Not.EqualTo(before));
        Assert.That(after, Is.EqualTo(before));
    }

    [Test]
    public void Adapters_of_another_model_twice_or_without_a_finite_scale_are_refused()
    {
        using LlamaModel other = TestModels.LoadTiny();
        using LlamaContext context = other.CreateContext();
        using LlamaContext own = _model.CreateContext();
        var options = new CompletionOptions { Adapters = [new(_first.Name)] };

        Assert.Multiple(() =>
        {
            Assert.That(() => context.SetAdapters(new LlamaAdapterScale(_first)), Throws.ArgumentException.With.Message.Contains("another model"));
            Assert.That(() => other.Predict(Prompt, options), Throws.ArgumentException.With.Message.Contains($"'{_first.Name}', but none is loaded"));
            Assert.That(() => own.SetAdapters(new LlamaAdapterScale(_first), new LlamaAdapterScale(_first)), Throws.ArgumentException.With.Message.Contains("twice"));
            Assert.That(() => own.SetAdapters(new LlamaAdapterScale(_first, float.NaN)), Throws.ArgumentException.With.Message.Contains("finite"));
            Assert.That(() => own.SetAdapters(default(LlamaAdapterScale)), Throws.ArgumentException.With.Message.Contains("null"));
            Assert.That(own.AdapterFingerprint, Is.Zero);
        });
    }

    [Test]
    public void Dispose_of_an_adapter_in_use_waits_for_its_context()
    {
        LlamaAdapter adapter = _model.LoadAdapter(_first.Path);
        SafeLlamaAdapterHandle handle = adapter.Handle;
        using LlamaContext context = _model.CreateContext();
        context.SetAdapters(new LlamaAdapterScale(adapter));
        float[] before = Logits(context);

        adapter.Dispose();

        Assert.That(Logits(context), Is.EqualTo(before), "still there");
        Assert.That(() => context.SetAdapters(new LlamaAdapterScale(adapter)), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(handle.IsClosed, Is.False);
        context.SetAdapters();
        Assert.That(handle.IsClosed, Is.True);
        Assert.That(() => _model.LoadAdapter(_first.Path).Dispose(), Throws.Nothing);
    }

    [TestCase("model adapter context")]
    [TestCase("adapter model context")]
    [TestCase("context model adapter")]
    [TestCase("model context adapter")]
    public void Dispose_in_any_order_is_safe(string order)
    {
        LlamaModel model = TestModels.LoadTiny();
        LlamaContext context = model.CreateContext();
        LlamaAdapter adapter = model.LoadAdapter(_first.Path);
        context.SetAdapters(new LlamaAdapterScale(adapter));
        context.Decode(_tokens, 0);
        var things = new Dictionary<string, IDisposable>(StringComparer.Ordinal) { ["model"] = model, ["context"] = context, ["adapter"] = adapter };

        Assert.That(() => order.Split(' ').ToList().ForEach(name => things[name].Dispose()), Throws.Nothing);
    }

    private float[] Logits(LlamaContext context)
    {
        context.ClearMemory();
        context.Decode(_tokens, 0);
        return context.GetLogits().ToArray();
    }

    private static float Distance(float[] x, float[] y) => x.Zip(y, (a, b) => Math.Abs(a - b)).Max();
}
