using Minilm.Interop;
using Minilm.Interop.Handles;
using Minilm.Loading;

namespace Minilm.Tests.Interop;

/// <summary>A child takes its reference on its parent before the native call, and gives it back when that fails.</summary>
public sealed class HandleTests
{
    [Test]
    public void A_stage_that_reads_a_vocabulary_holds_its_model()
    {
        SafeLlamaModelHandle model = Load();
        using SafeLlamaSamplerHandle stage = SafeLlamaSamplerHandle.Create(model, vocab => NativeMethods.minilm_sampler_init_grammar(vocab, "root ::= \"x\"", "root"));
        model.Dispose();

        Assert.That((stage.IsInvalid, model.IsClosed), Is.EqualTo((false, false)));
        stage.Dispose();
        Assert.That(model.IsClosed, Is.True);
    }

    [Test]
    public void A_model_is_held_already_while_a_stage_is_made()
    {
        SafeLlamaModelHandle model = Load();

        using SafeLlamaSamplerHandle stage = SafeLlamaSamplerHandle.Create(model, vocab =>
        {
            model.Dispose();
            return NativeMethods.minilm_sampler_init_grammar(vocab, "root ::= \"x\"", "root");
        });

        Assert.That((stage.IsInvalid, model.IsClosed), Is.EqualTo((false, false)));
    }

    [Test]
    public void A_stage_that_could_not_be_made_holds_nothing()
    {
        using SafeLlamaModelHandle model = Load();

        SafeLlamaSamplerHandle.Create(model, _ => new SafeLlamaSamplerHandle()).Dispose();
        Assert.That(() => SafeLlamaSamplerHandle.Create(model, _ => throw new InvalidOperationException()), Throws.InvalidOperationException);

        model.Dispose();
        Assert.That(model.IsClosed, Is.True);
    }

    [Test]
    public void An_adapter_that_could_not_be_loaded_holds_nothing()
    {
        using SafeLlamaModelHandle model = Load();

        using SafeLlamaAdapterHandle adapter = SafeLlamaAdapterHandle.Load(model, TestModels.Tiny);

        model.Dispose();
        Assert.That((adapter.IsInvalid, model.IsClosed), Is.EqualTo((true, true)));
    }

    [Test]
    public void A_vocabulary_and_a_memory_are_of_no_use_without_their_owners()
    {
        SafeLlamaModelHandle model = Load();
        LlamaVocabHandle vocab = model.Vocab;
        model.Dispose();

        Assert.That(() => NativeMethods.llama_vocab_n_tokens(vocab), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(model.IsClosed, Is.True, "the call that was refused left no reference");
    }

    private static SafeLlamaModelHandle Load()
    {
        LlamaRuntime.Initialize();
        return LlamaWeights.Load(new LlamaModelOptions { ModelPath = TestModels.Tiny }, devices: null, onProgress: null).Handle;
    }
}
