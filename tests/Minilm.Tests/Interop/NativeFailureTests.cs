using Minilm.Interop;

namespace Minilm.Tests.Interop;

public sealed class NativeFailureTests
{
    [TestCase("error loading model: unknown model architecture: 'x'", ModelLoadReason.Unsupported)]
    [TestCase("llama_kv_cache: failed to allocate buffer for kv cache", ModelLoadReason.OutOfMemory)]
    [TestCase("std::bad_alloc", ModelLoadReason.OutOfMemory)]
    [TestCase("gguf_init_from_file_ptr: invalid magic characters: 'PK'", ModelLoadReason.NotGguf)]
    [TestCase("missing tensor 'output_norm.weight'", ModelLoadReason.Damaged)]
    [TestCase("tensor 'x' data is not within the file bounds, model is corrupted or incomplete", ModelLoadReason.Damaged)]
    [TestCase("something else", ModelLoadReason.Incompatible)]
    public void ReasonOf_finds_the_reason_in_the_words_of_libllama(string words, ModelLoadReason reason) =>
        Assert.That(NativeFailure.ReasonOf(words, otherwise: ModelLoadReason.Incompatible), Is.EqualTo(reason));

    [Test]
    public void Require_throws_with_the_code_when_a_function_threw()
    {
        LlamaRuntime.Initialize();

        Assert.Multiple(() =>
        {
            Assert.That(NativeFailure.Require(-7, "llama_x"), Is.EqualTo(-7));
            Assert.That(() => NativeFailure.Require(true, "llama_x"), Throws.Nothing);
            Assert.That(() => NativeFailure.Require(NativeFailure.Threw, "llama_x"), Throws.InstanceOf<InferenceException>().With.Property(nameof(InferenceException.Code)).EqualTo(NativeFailure.Threw));
            Assert.That(() => NativeFailure.Require(false, "llama_x"), Throws.InstanceOf<InferenceException>().With.Message.Contains("llama_x failed"));
        });
    }

    [Test]
    public void Exceptions_say_their_reason_and_their_code()
    {
        Assert.Multiple(() =>
        {
            Assert.That(new ModelLoadException("m").Reason, Is.EqualTo(ModelLoadReason.Unknown));
            Assert.That(new ModelLoadException("m", ModelLoadReason.Damaged).Reason, Is.EqualTo(ModelLoadReason.Damaged));
            Assert.That(new InferenceException("m").Code, Is.Zero);
            Assert.That(new InferenceException("m", -3).Code, Is.EqualTo(-3));
        });
    }

    [Test]
    public async Task Nothing_that_libllama_complains_about_reaches_the_standard_error()
    {
        using TemporaryFolder folder = new();
        byte[] tiny = File.ReadAllBytes(TestModels.Tiny);
        folder.Write("cut.gguf", tiny[..(tiny.Length / 2)]);
        folder.Write("text.gguf", "this is not a model");
        folder.Write("whole.gguf", tiny);

        (int exitCode, string output, string error) = await ChildProcess.RunAsync(null, "fail", folder.Path);

        Assert.Multiple(() =>
        {
            Assert.That(error, Is.Empty);
            Assert.That(exitCode, Is.Zero);
            Assert.That(output, Does.Match("cut.gguf: refused: .+").And.Match("text.gguf: refused: .+").And.Match("missing.gguf: refused: .+"));
            Assert.That(output, Does.Contain("whole.gguf: loaded").And.Match("adapter: refused: .+").And.Match("quantize: refused: .+"));
        });
    }
}
