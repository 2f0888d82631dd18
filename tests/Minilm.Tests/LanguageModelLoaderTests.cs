namespace Minilm.Tests;

public sealed class LanguageModelLoaderTests
{
    [Test]
    public void Load_gives_the_real_model_when_it_can()
    {
        using ILanguageModel model = new LanguageModelLoader().Load(new LlamaModelOptions { ModelPath = TestModels.Tiny });

        Assert.That(model.GetModelInfo(), Has.Property(nameof(ModelInfo.Backend)).EqualTo("llama.cpp").And.Property(nameof(ModelInfo.IsInitialized)).True);
    }

    [Test]
    public async Task Load_gives_a_mock_that_says_why_and_logs_a_warning()
    {
        string broken = TestModels.PathOf("broken.gguf");
        await File.WriteAllTextAsync(broken, "not a model");
        using var loggers = new RecordingLoggerFactory();
        var loader = new LanguageModelLoader(new LanguageModelLoaderOptions { Mock = new MockModelOptions { ContextSize = 77 } }, loggers);

        foreach (string path in new[] { broken, "/nowhere/at-all.gguf" })
        {
            using ILanguageModel model = await loader.LoadAsync(new LlamaModelOptions { ModelPath = path });
            ModelInfo info = model.GetModelInfo();

            Assert.Multiple(() =>
            {
                Assert.That(info.Backend, Is.EqualTo("mock"));
                Assert.That(info.FallbackReason, Does.Contain(path));
                Assert.That(info.IsInitialized);
                Assert.That(model.ContextSize, Is.EqualTo(77));
                Assert.That(model.Predict("happy"), Is.Not.Empty);
                Assert.That(loggers.Logger.Lines, Has.Some.StartsWith("Warning: The mock answers").And.Contains(path));
            });
        }
    }

    [Test]
    public void Load_is_an_error_in_strict_mode()
    {
        var strict = new LanguageModelLoader(new LanguageModelLoaderOptions { Strict = true });

        Assert.Multiple(() =>
        {
            Assert.That(() => strict.Load(new LlamaModelOptions { ModelPath = "/nowhere/x.gguf" }), Throws.TypeOf<ModelLoadException>().With.Property(nameof(ModelLoadException.Reason)).EqualTo(ModelLoadReason.FileNotFound));
            Assert.That(() => strict.Load(new LlamaModelOptions { ModelPath = TestModels.Tiny, ContextSize = 99_999 }), Throws.TypeOf<ModelLoadException>());
        });
    }

    [Test]
    public void Load_never_hides_a_wrong_option_or_a_cancellation()
    {
        var loader = new LanguageModelLoader();

        Assert.Multiple(() =>
        {
            Assert.That(() => loader.Load(new LlamaModelOptions { ModelPath = TestModels.Tiny, TopP = 7 }), Throws.ArgumentException);
            Assert.That(() => loader.Load(new LlamaModelOptions()), Throws.ArgumentException.With.Message.Contains("model path is required"));
            Assert.That(
                () => loader.Load(new LlamaModelOptions { ModelPath = TestModels.Tiny }, cancellationToken: new CancellationToken(canceled: true)),
                Throws.InstanceOf<OperationCanceledException>());
        });
    }
}
