using Minilm.Gguf;

namespace Minilm.Tests.Embeddings;

public sealed class LlamaEmbedderTests
{
    private static readonly string[] Texts = ["once upon a time", "a little girl", "x", "the sun was hot and the day was long", "once upon a time"];

    private LlamaModel _model = null!;

    [OneTimeSetUp]
    public void Load() => _model = TestModels.LoadTiny();

    [OneTimeTearDown]
    public void Free() => _model.Dispose();

    [Test]
    public void EmbedMany_unpooled_gives_a_vector_per_token_without_NaN()
    {
        using LlamaEmbedder embedder = Create(EmbeddingPooling.None);

        IReadOnlyList<TextEmbedding> embeddings = embedder.EmbedMany(Texts);

        Assert.Multiple(() =>
        {
            Assert.That(embeddings, Has.Count.EqualTo(Texts.Length));
            for (int i = 0; i < Texts.Length; i++)
            {
                Assert.That(embeddings[i].TokenCount, Is.EqualTo(_model.Vocab.Tokenize(Texts[i], addSpecial: true).Length));
                Assert.That(embeddings[i].Vectors, Has.Count.EqualTo(embeddings[i].TokenCount));
                Assert.That(embeddings[i].Vectors, Has.All.Length.EqualTo(64));
                Assert.That(embeddings[i].Vectors.SelectMany(vector => vector), Has.All.Matches<float>(float.IsFinite));
            }
            Assert.That(embedder.Dimensions, Is.EqualTo(64));
            Assert.That(() => embeddings[0].Vector, Throws.InvalidOperationException.With.Message.Contains("one for each token"));
        });
    }

    [TestCase(EmbeddingPooling.Mean)]
    [TestCase(EmbeddingPooling.Cls)]
    [TestCase(EmbeddingPooling.Last)]
    public void EmbedMany_pooled_is_what_the_vectors_of_the_tokens_give(EmbeddingPooling pooling)
    {
        using LlamaEmbedder tokens = Create(EmbeddingPooling.None, EmbeddingNormalization.None);
        using LlamaEmbedder pooled = Create(pooling, EmbeddingNormalization.None);
        IReadOnlyList<TextEmbedding> unpooled = tokens.EmbedMany(Texts);
        IReadOnlyList<TextEmbedding> embeddings = pooled.EmbedMany(Texts);

        for (int i = 0; i < Texts.Length; i++)
        {
            IReadOnlyList<float[]> own = unpooled[i].Vectors;
            float[] expected = pooling switch
            {
                EmbeddingPooling.Cls => own[0],
                EmbeddingPooling.Last => own[^1],
                _ => [.. Enumerable.Range(0, 64).Select(element => own.Average(vector => vector[element]))],
            };
            Assert.That(embeddings[i].Vector, Is.EqualTo(expected).Within(1e-4f), Texts[i]);
        }
    }

    [Test]
    public void EmbedMany_gives_what_single_calls_give()
    {
        using LlamaEmbedder embedder = Create(EmbeddingPooling.Mean);
        IReadOnlyList<TextEmbedding> together = embedder.EmbedMany(Texts);

        for (int i = 0; i < Texts.Length; i++)
        {
            Assert.That(together[i].Vector, Is.EqualTo(embedder.Embed(Texts[i])).Within(1e-3f), Texts[i]);
        }
    }

    [TestCase(16, 64)]
    [TestCase(512, 2)]
    [TestCase(512, 1)]
    public void EmbedMany_of_more_than_fits_is_split(int contextSize, int sequences)
    {
        string[] many = [.. Enumerable.Range(0, 40).Select(i => "text " + i)];
        using LlamaEmbedder large = Create(EmbeddingPooling.Mean);
        using LlamaEmbedder small = _model.CreateEmbedder(new EmbedderOptions { ContextSize = contextSize, MaxSequences = sequences });

        IReadOnlyList<TextEmbedding> expected = large.EmbedMany(many);
        IReadOnlyList<TextEmbedding> actual = small.EmbedMany(many);

        for (int i = 0; i < many.Length; i++)
        {
            Assert.That(actual[i].Vector, Is.EqualTo(expected[i].Vector).Within(1e-3f), many[i]);
        }
    }

    [Test]
    public void Equal_texts_have_equal_vectors_and_others_do_not()
    {
        using LlamaEmbedder embedder = Create(pooling: null);
        IReadOnlyList<TextEmbedding> embeddings = embedder.EmbedMany(Texts);

        Assert.Multiple(() =>
        {
            Assert.That(embedder.Pooling, Is.EqualTo(EmbeddingPooling.Mean), "the model states none");
            Assert.That(TextEmbedding.CosineSimilarity(embeddings[0].Vector, embeddings[4].Vector), Is.EqualTo(1).Within(1e-4));
            Assert.That(TextEmbedding.CosineSimilarity(embeddings[0].Vector, embeddings[1].Vector), Is.LessThan(0.99));
        });
    }

    [Test]
    public void Similar_texts_are_closer_than_others_on_a_trained_model()
    {
        using LlamaEmbedder embedder = LlamaEmbedder.Create(new LlamaModelOptions { ModelPath = TestData.Stories260K, Threads = 1 });
        IReadOnlyList<TextEmbedding> embeddings = embedder.EmbedMany([
            "Lily went to the park to play with her ball.",
            "Tom went to the park to play with his toy.",
            "The old tree was very tall and had red leaves."]);

        float similar = TextEmbedding.CosineSimilarity(embeddings[0].Vector, embeddings[1].Vector);
        float other = TextEmbedding.CosineSimilarity(embeddings[0].Vector, embeddings[2].Vector);

        Assert.That(embeddings.SelectMany(embedding => embedding.Vector), Has.All.Matches<float>(float.IsFinite));
        Assert.That(similar, Is.GreaterThan(other));
    }

    [Test]
    public void Embed_gives_the_vectors_of_llama_server()
    {
        // llama-server 0.7.0 --embeddings --pooling mean, POST /v1/embeddings: the first four elements of 64.
        using LlamaEmbedder embedder = LlamaEmbedder.Create(new LlamaModelOptions { ModelPath = TestData.Stories260K, Threads = 1 });
        IReadOnlyList<TextEmbedding> embeddings = embedder.EmbedMany(["Lily went to the park to play with her ball.", "The old tree was very tall and had red leaves."]);

        Assert.Multiple(() =>
        {
            Assert.That(embeddings[0].Vector[..4], Is.EqualTo((float[])[0.0174748f, -0.1286210f, -0.0476117f, -0.0173633f]).Within(1e-3f));
            Assert.That(embeddings[1].Vector[..4], Is.EqualTo((float[])[0.0781500f, -0.0045142f, -0.0316836f, -0.0501603f]).Within(1e-3f));
            Assert.That(embeddings.Sum(embedding => embedding.TokenCount), Is.EqualTo(37));
        });
    }

    [Test]
    public void Normalization_decides_the_size_of_vectors_and_nothing_else()
    {
        using LlamaEmbedder none = Create(EmbeddingPooling.Mean, EmbeddingNormalization.None);
        using LlamaEmbedder l2 = Create(EmbeddingPooling.Mean, EmbeddingNormalization.L2);
        using LlamaEmbedder max = Create(EmbeddingPooling.Mean, EmbeddingNormalization.MaxAbs);
        float[] raw = none.Embed(Texts[0]);
        float[] unit = l2.Embed(Texts[0]);
        float[] bounded = max.Embed(Texts[0]);

        Assert.Multiple(() =>
        {
            Assert.That(Math.Sqrt(unit.Sum(element => (double)element * element)), Is.EqualTo(1).Within(1e-6));
            Assert.That(bounded.Max(Math.Abs), Is.EqualTo(1).Within(1e-6));
            Assert.That(Math.Sqrt(raw.Sum(element => (double)element * element)), Is.Not.EqualTo(1).Within(0.01));
            Assert.That(TextEmbedding.CosineSimilarity(raw, unit), Is.EqualTo(1).Within(1e-6));
            Assert.That(TextEmbedding.CosineSimilarity(raw, bounded), Is.EqualTo(1).Within(1e-6));
        });
    }

    [Test]
    public void Attention_that_sees_all_tokens_gives_other_vectors()
    {
        using LlamaEmbedder causal = _model.CreateEmbedder(new EmbedderOptions { Attention = EmbeddingAttention.Causal });
        using LlamaEmbedder full = _model.CreateEmbedder(new EmbedderOptions { Attention = EmbeddingAttention.NonCausal });

        Assert.That(TextEmbedding.CosineSimilarity(causal.Embed(Texts[3]), full.Embed(Texts[3])), Is.LessThan(0.999));
    }

    [Test]
    public void A_text_that_is_too_long_is_named_or_truncated()
    {
        string longText = string.Join(' ', Enumerable.Repeat("word", 100));
        using LlamaEmbedder strict = _model.CreateEmbedder(new EmbedderOptions { ContextSize = 32 });
        using LlamaEmbedder lenient = _model.CreateEmbedder(new EmbedderOptions { ContextSize = 32, Truncate = true });

        ContextOverflowException? overflow = Assert.Throws<ContextOverflowException>(() => strict.EmbedMany(["a", "b", longText]));
        ContextOverflowException? enormous = Assert.Throws<ContextOverflowException>(() => strict.EmbedMany([new string('a', 1 << 20)]));
        IReadOnlyList<TextEmbedding> truncated = lenient.EmbedMany(["a", longText]);

        Assert.Multiple(() =>
        {
            Assert.That(overflow!.Message, Does.StartWith("Text 2 has").And.Contain("32 can be computed"));
            Assert.That(overflow.ContextSize, Is.EqualTo(32));
            Assert.That(enormous!.PromptTokens, Is.GreaterThan(32));
            Assert.That(truncated[0].IsTruncated, Is.False);
            Assert.That(truncated[1].IsTruncated, Is.True);
            Assert.That(truncated[1].TokenCount, Is.EqualTo(32));
            Assert.That(strict.Embed("a"), Has.Length.EqualTo(64), "it stays usable");
        });
    }

    [Test]
    public void Options_and_arguments_are_checked_at_the_door()
    {
        using LlamaEmbedder embedder = Create(EmbeddingPooling.Mean);

        Assert.Multiple(() =>
        {
            Assert.That(() => _model.CreateEmbedder(new EmbedderOptions { Pooling = (EmbeddingPooling)7 }), Throws.ArgumentException.With.Message.Contains("Pooling"));
            Assert.That(() => _model.CreateEmbedder(new EmbedderOptions { MaxSequences = 257 }), Throws.ArgumentException.With.Message.Contains("MaxSequences"));
            Assert.That(() => _model.CreateEmbedder(new EmbedderOptions { ContextSize = 1024 }), Throws.TypeOf<ModelLoadException>().With.Message.Contains("trained for 512"));
            Assert.That(() => _model.CreateEmbedder(new EmbedderOptions { Pooling = EmbeddingPooling.Rank }), Throws.TypeOf<ModelLoadException>().With.Message.Contains("classification head"));
            Assert.That(() => embedder.Rank("a", ["b"]), Throws.InvalidOperationException);
            Assert.That(() => embedder.EmbedMany(["a", null!]), Throws.ArgumentException.With.Message.Contains("Text 1"));
            Assert.That(() => embedder.EmbedMany(["a"], TimeSpan.Zero), Throws.ArgumentException);
            Assert.That(embedder.EmbedMany([]), Is.Empty);
            Assert.That(embedder.EmbedMany([""])[0].TokenCount, Is.EqualTo(1), "the token that begins a text");
            Assert.That(() => TextEmbedding.CosineSimilarity([1], [1, 2]), Throws.ArgumentException);
            Assert.That(TextEmbedding.CosineSimilarity([0, 0], [1, 2]), Is.Zero);
        });
    }

    [Test]
    public void A_control_token_that_is_spelled_out_is_text()
    {
        using LlamaEmbedder embedder = Create(EmbeddingPooling.Mean);

        Assert.That(embedder.EmbedMany(["</s>"])[0].TokenCount, Is.GreaterThan(2));
    }

    [Test]
    public async Task Cancellation_stops_in_the_middle_and_leaves_the_embedder_usable()
    {
        using LlamaModel model = TestModels.Load(TestModels.Slow);
        using LlamaEmbedder embedder = model.CreateEmbedder(new EmbedderOptions { ContextSize = 2048 });
        string[] oneBatch = [string.Join(' ', Enumerable.Repeat("word", 400))]; // looked at between batches, it would be computed to its end
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        using var ofWaiting = new CancellationTokenSource();
        Task running = embedder.EmbedManyAsync(oneBatch, cancellationToken: cancellation.Token);
        Task waiting = embedder.EmbedManyAsync(["a"], cancellationToken: ofWaiting.Token);
        await ofWaiting.CancelAsync();

        Assert.That(async () => await running.Within("a cancelled call"), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(embedder.EmbedMany(oneBatch)[0].TokenCount, Is.GreaterThan(1000), "a single batch that takes its time");
        Assert.That(() => embedder.EmbedMany(oneBatch, TimeSpan.FromMilliseconds(20)), Throws.TypeOf<TimeoutException>());
        await Task.WhenAny(waiting).Within("a call that waits");
        Assert.That(waiting.IsCompleted, Is.True);
        Assert.That(embedder.Embed("a"), Has.Length.EqualTo(512).And.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public async Task Dispose_stops_the_calls_that_run()
    {
        using LlamaModel model = TestModels.Load(TestModels.Slow);
        LlamaEmbedder embedder = model.CreateEmbedder(new EmbedderOptions { ContextSize = 2048 });
        string[] texts = [.. Enumerable.Repeat(string.Join(' ', Enumerable.Repeat("word", 400)), 64)];
        Task[] running = [.. Enumerable.Range(0, 3).Select(_ => embedder.EmbedManyAsync(texts))];

        await Task.Run(embedder.Dispose).Within("disposing");

        foreach (Task call in running)
        {
            Assert.That(async () => await call.Within("a call"), Throws.InstanceOf<ObjectDisposedException>());
        }
        Assert.That(() => embedder.Embed("a"), Throws.TypeOf<ObjectDisposedException>());
        embedder.Dispose();
    }

    [Test]
    public void An_embedder_outlives_its_model()
    {
        LlamaModel model = TestModels.LoadTiny();
        LlamaEmbedder embedder = model.CreateEmbedder();
        float[] before = embedder.Embed("a text");
        model.Dispose();

        Assert.That(embedder.Embed("a text"), Is.EqualTo(before));
        embedder.Dispose();
    }

    private LlamaEmbedder Create(EmbeddingPooling? pooling, EmbeddingNormalization normalization = EmbeddingNormalization.L2) =>
        _model.CreateEmbedder(new EmbedderOptions { Pooling = pooling, Normalization = normalization });
}
