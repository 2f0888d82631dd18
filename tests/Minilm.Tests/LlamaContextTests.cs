using Minilm.Interop.Handles;

namespace Minilm.Tests;

public sealed class LlamaContextTests
{
    private LlamaModel _model = null!;

    [OneTimeSetUp]
    public void Load() => _model = TestModels.LoadTiny();

    [OneTimeTearDown]
    public void Free() => _model.Dispose();

    [Test]
    public void Decode_in_pieces_gives_the_logits_of_decoding_at_once()
    {
        int[] tokens = _model.Vocab.Tokenize("a somewhat longer text", addSpecial: true);
        using LlamaContext whole = Create();
        using LlamaContext pieces = Create();
        whole.Decode(tokens, 0);
        for (int i = 0; i < tokens.Length; i++)
        {
            pieces.Decode([tokens[i]], i);
        }

        float[] expected = whole.GetLogits().ToArray();
        float[] actual = pieces.GetLogits().ToArray();

        Assert.That(actual, Is.EqualTo(expected).Within(0.02f));
        Assert.That(whole.LastPosition(), Is.EqualTo(tokens.Length - 1));
    }

    [Test]
    public void Four_sequences_in_one_batch_each_predict_from_their_own_logits()
    {
        string[] texts = ["one", "quite another", "third thing", "zzz"];
        int[][] tokens = [.. texts.Select(text => _model.Vocab.Tokenize(text, addSpecial: true))];
        using LlamaContext together = Create(maxSequences: 4);
        using LlamaSampler greedy = new LlamaSampler(_model.Vocab).AddGreedy();
        var batch = new LlamaBatch(tokens.Sum(sequence => sequence.Length));
        var last = new List<int>();
        for (int sequence = 0; sequence < tokens.Length; sequence++)
        {
            for (int i = 0; i < tokens[sequence].Length; i++)
            {
                batch.Add(tokens[sequence][i], i, sequence, logits: i == tokens[sequence].Length - 1);
            }
            last.Add(batch.Count - 1);
        }
        together.Decode(batch);

        for (int sequence = 0; sequence < tokens.Length; sequence++)
        {
            using LlamaContext alone = Create();
            alone.Decode(tokens[sequence], 0);
            Assert.That(greedy.Sample(together, last[sequence]), Is.EqualTo(greedy.Sample(alone)), texts[sequence]);
        }
    }

    [Test]
    public void CopySequence_shares_what_was_decoded()
    {
        using LlamaContext context = Create(maxSequences: 2);
        int[] tokens = _model.Vocab.Tokenize("shared", addSpecial: true);
        context.Decode(tokens, 0, sequence: 0);

        context.CopySequence(0, 1);

        Assert.That(context.LastPosition(1), Is.EqualTo(tokens.Length - 1));
        Assert.That(context.RemoveTokens(0), Is.True);
        Assert.That(context.LastPosition(0), Is.EqualTo(-1));
        Assert.That(context.LastPosition(1), Is.EqualTo(tokens.Length - 1));
        context.ClearMemory();
        Assert.That(context.LastPosition(1), Is.EqualTo(-1));
    }

    [Test]
    public void Decode_refuses_what_native_code_must_not_see()
    {
        using LlamaContext context = Create();
        var wrongSequence = new LlamaBatch(1);
        wrongSequence.Add(1, 0, sequence: 1);
        var full = new LlamaBatch(1);
        full.Add(1, 0);

        Assert.Multiple(() =>
        {
            Assert.That(() => context.Decode([], 0), Throws.ArgumentException);
            Assert.That(() => context.Decode([416], 0), Throws.ArgumentException.With.Message.Contains("416"));
            Assert.That(() => context.Decode([-1], 0), Throws.ArgumentException);
            Assert.That(() => context.Decode(new int[context.BatchSize + 1], 0), Throws.ArgumentException);
            Assert.That(() => context.Decode(wrongSequence), Throws.InstanceOf<ArgumentException>().With.Message.Contains("sequences 0 to 0"));
            Assert.That(() => context.Decode([1], -1), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => context.LastPosition(3), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => full.Add(1, 1), Throws.InvalidOperationException);
            Assert.That(() => new LlamaBatch(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        });
        context.Decode([1], 0);
        Assert.That(() => context.Decode([1], 7), Throws.TypeOf<InferenceException>().With.Message.Contains("llama_decode failed"), "a position that does not follow");
        context.Decode([1], 1);
        Assert.That(context.GetLogits().Length, Is.EqualTo(416), "the context stays usable");
    }

    [Test]
    public void Decode_beyond_the_context_is_an_overflow_and_leaves_the_context_usable()
    {
        using LlamaContext context = Create(contextSize: 256);
        int position = 0;
        var error = Assert.Throws<ContextOverflowException>(() =>
        {
            while (true)
            {
                context.Decode(Enumerable.Repeat(5, 64).ToArray(), position);
                position += 64;
            }
        })!;

        Assert.That(error.ContextSize, Is.EqualTo(context.ContextSize));
        Assert.That(position, Is.EqualTo(context.ContextSize));
        context.ClearMemory();
        context.Decode([1], 0);
        Assert.That(context.LastPosition(), Is.Zero);
    }

    [Test]
    public void Cancel_stops_decodes_until_Arm()
    {
        using LlamaContext context = Create();
        context.Cancel();
        Assert.That(() => context.Decode([1, 5, 6], 0), Throws.TypeOf<OperationCanceledException>());

        context.Arm();
        context.ClearMemory();
        context.Decode([1, 5, 6], 0);
        Assert.That(context.LastPosition(), Is.EqualTo(2));
    }

    [Test]
    public void Arm_with_a_deadline_that_passed_stops_a_decode()
    {
        using LlamaContext context = Create();
        context.Arm(TimeSpan.Zero);

        Assert.That(() => context.Decode([1, 5, 6], 0), Throws.TypeOf<TimeoutException>());
    }

    [Test]
    public void Disposed_context_is_not_used_and_Cancel_after_Dispose_does_nothing()
    {
        LlamaContext context = Create();
        context.Dispose();
        context.Dispose();
        context.Cancel();

        Assert.That(() => context.Decode([1], 0), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Dispose_during_a_decode_on_another_thread_is_safe()
    {
        using LlamaModel model = TestModels.Load(TestModels.Slow);
        LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextSize = 2048 });
        using var started = new ManualResetEventSlim();
        Task decoding = Task.Run(() =>
        {
            int[] tokens = [.. Enumerable.Repeat(7, 2048)];
            started.Set();
            context.Decode(tokens, 0);
        });
        started.Wait();

        context.Dispose();

        try
        {
            await decoding.Within("a decode whose context was disposed");
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // either is a clean end
        }
    }

    [Test]
    public void CreateContext_shares_its_size_among_sequences()
    {
        using LlamaContext context = Create(contextSize: 4 * 512, maxSequences: 4);

        Assert.That(context.ContextSize, Is.EqualTo(2048), "each sequence has what the model was trained for");
        Assert.That(() => Create(contextSize: 4 * 600, maxSequences: 4), Throws.TypeOf<ModelLoadException>().With.Message.Contains("600"));
    }

    [TestCase(8, 0)]
    [TestCase(512, 1)]
    [TestCase(512, 7)]
    public void CreateContext_makes_room_for_a_token_of_each_sequence(int contextSize, int batchSize)
    {
        const int sequences = 8;
        using LlamaContext context = _model.CreateContext(new LlamaContextOptions { ContextSize = contextSize, BatchSize = batchSize > 0 ? batchSize : null, MaxSequences = sequences, Threads = 1 });
        var batch = new LlamaBatch(sequences);
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            batch.Add(5, 0, sequence, logits: true);
        }

        context.Decode(batch);

        Assert.That(context.LastPosition(sequences - 1), Is.Zero);
    }

    [Test]
    public void CreateContext_refuses_more_sequences_than_tokens() =>
        Assert.That(() => Create(contextSize: 7, maxSequences: 8), Throws.TypeOf<ModelLoadException>().With.Message.Contains("7 tokens has no room for 8 sequences"));

    [Test]
    public void GetLogits_refuses_an_index_without_logits([Values(int.MinValue, -2, 1, int.MaxValue)] int index)
    {
        using LlamaContext context = Create();
        context.Decode([1], 0);

        Assert.That(() => context.GetLogits(index).Length, Throws.InvalidOperationException);
    }

    [Test]
    public void CreateContext_validates_its_options()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => _model.CreateContext(new LlamaContextOptions { MaxSequences = 1000 }), Throws.ArgumentException.With.Message.Contains("MaxSequences is 1000"));
            Assert.That(() => _model.CreateContext(new LlamaContextOptions { ContextSize = 1_000_000 }), Throws.TypeOf<ModelLoadException>().With.Message.Contains("1000000"));
        });
    }

    [Test]
    public void A_LoRA_file_that_is_none_gives_an_invalid_handle()
    {
        using LlamaWeights weights = LlamaWeights.Load(new LlamaModelOptions { ModelPath = TestModels.Tiny }, devices: null, onProgress: null);
        using SafeLlamaAdapterHandle adapter = SafeLlamaAdapterHandle.Load(weights.Handle, TestModels.Tiny);

        Assert.That(adapter.IsInvalid);
    }

    private LlamaContext Create(int contextSize = 256, int maxSequences = 1) =>
        _model.CreateContext(new LlamaContextOptions { ContextSize = contextSize, MaxSequences = maxSequences, Threads = 1 });
}
