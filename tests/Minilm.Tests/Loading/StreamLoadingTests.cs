using Minilm.Abstractions;
using Minilm.Engine;
using Minilm.Interop;
using Minilm.Loading;

namespace Minilm.Tests.Loading;

public sealed class StreamLoadingTests
{
    private static readonly CompletionOptions Greedy = new() { MaxTokens = 12, Temperature = 0 };
    private static readonly LlamaModelOptions OneThread = new() { Threads = 1 };

    [Test]
    public async Task FromStreamAsync_loads_from_the_position_of_a_file_in_place([Values(0, 64, 100)] int position)
    {
        using TemporaryFolder folder = new();
        await using FileStream pack = new(folder.Write("game.pak", [.. new byte[position], .. await File.ReadAllBytesAsync(TestModels.Tiny)]), FileMode.Open, FileAccess.Read);
        pack.Position = position;

        using LlamaModel model = await LlamaModel.FromStreamAsync(pack, OneThread);

        Assert.That(Answer(model), Is.EqualTo(Expected()));
        Assert.That(model.GetModelInfo().Path, Is.EqualTo(pack.Name));
        Assert.That(OneThread.ModelPath, Is.Empty, "the caller's options stay as they are");
    }

    [Test]
    public async Task FromStreamAsync_copies_any_other_stream_and_deletes_the_copy()
    {
        MemoryStream stream = new([1, 2, 3, .. await File.ReadAllBytesAsync(TestModels.Tiny)]) { Position = 3 };
        string path;
        using (LlamaModel model = await LlamaModel.FromStreamAsync(stream, OneThread))
        {
            await stream.DisposeAsync();
            path = model.GetModelInfo().Path;
            Assert.That(Answer(model), Is.EqualTo(Expected()));
            model.Free();
            Assert.That(Answer(model), Is.EqualTo(Expected()), "it can be loaded again");
        }

        Assert.That(path, Does.Contain(TemporaryModelFile.FolderPrefix));
        Assert.That(Directory.Exists(Path.GetDirectoryName(path)), Is.False);
    }

    [Test]
    public async Task FromStreamAsync_leaves_no_copy_when_it_is_cancelled_or_fails()
    {
        string[] before = Copies();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Assert.That(async () => await LlamaModel.FromStreamAsync(new MemoryStream([1, 2, 3]), OneThread, cancellationToken: cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await LlamaModel.FromStreamAsync(new MemoryStream([1, 2, 3]), new LlamaModelOptions { Threads = 1000 }), Throws.ArgumentException);
        using (LlamaModel damaged = await LlamaModel.FromStreamAsync(new MemoryStream([1, 2, 3])))
        {
            Assert.That(() => damaged.Initialize(), Throws.TypeOf<ModelLoadException>());
        }

        Assert.That(Copies(), Is.EquivalentTo(before));
    }

    private static string[] Copies() => Directory.GetDirectories(Path.GetTempPath(), TemporaryModelFile.FolderPrefix + "*");

    private static string Expected()
    {
        using LlamaModel model = TestModels.LoadTiny();
        return Answer(model);
    }

    private static string Answer(LlamaModel model)
    {
        model.Initialize();
        return model.Predict("Hello", Greedy).Text;
    }
}
