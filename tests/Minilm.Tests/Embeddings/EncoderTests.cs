using Minilm.Gguf;

namespace Minilm.Tests.Embeddings;

/// <summary>Models that have no memory and see a text as a whole, and those that rank.</summary>
public sealed class EncoderTests
{
    private static readonly string[] Documents = ["the cat sat on a mat", "moon", "the dog", "the cat"];

    private TemporaryFolder _folder = null!;

    [OneTimeSetUp]
    public void Create() => _folder = new TemporaryFolder();

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    [TestCase(EmbeddingPooling.Mean)]
    [TestCase(EmbeddingPooling.Cls)]
    [TestCase(EmbeddingPooling.Last)]
    public void EmbedMany_of_an_encoder_pools_what_its_tokens_give(EmbeddingPooling pooling)
    {
        string path = EncoderModel.Write(_folder.PathOf($"{pooling}.gguf"), pooling);
        using LlamaEmbedder stated = Open(path, new EmbedderOptions { Normalization = EmbeddingNormalization.None });
        using LlamaEmbedder tokens = Open(path, new EmbedderOptions { Normalization = EmbeddingNormalization.None, Pooling = EmbeddingPooling.None });
        IReadOnlyList<TextEmbedding> pooled = stated.EmbedMany(Documents);
        IReadOnlyList<TextEmbedding> unpooled = tokens.EmbedMany(Documents);

        Assert.That(stated.Pooling, Is.EqualTo(pooling));
        for (int i = 0; i < Documents.Length; i++)
        {
            IReadOnlyList<float[]> own = unpooled[i].Vectors;
            float[] expected = pooling switch
            {
                EmbeddingPooling.Cls => own[0],
                EmbeddingPooling.Last => own[^1],
                _ => [.. Enumerable.Range(0, 32).Select(element => own.Average(vector => vector[element]))],
            };
            Assert.That(own, Has.Count.EqualTo(Documents[i].Split(' ').Length + 2), "CLS, words, SEP");
            Assert.That(pooled[i].Vector, Is.EqualTo(expected).Within(1e-4f), Documents[i]);
            Assert.That(stated.Embed(Documents[i]), Is.EqualTo(expected).Within(1e-4f), "alone as in a batch");
        }
    }

    [Test]
    public void Truncate_keeps_the_token_that_ends_a_text()
    {
        string path = EncoderModel.Write(_folder.PathOf("last.gguf"), EmbeddingPooling.Last);
        using LlamaEmbedder lenient = Open(path, new EmbedderOptions { ContextSize = 5, Truncate = true });
        using LlamaEmbedder whole = Open(path, new EmbedderOptions());

        IReadOnlyList<TextEmbedding> embeddings = lenient.EmbedMany(["the cat sat on a mat"]);

        Assert.That(embeddings[0].TokenCount, Is.EqualTo(5));
        Assert.That(embeddings[0].Vector, Is.EqualTo(whole.Embed("the cat sat")).Within(1e-4f));
    }

    [Test]
    public void Rank_scores_each_document_as_alone_and_puts_the_best_first()
    {
        using LlamaEmbedder embedder = OpenRanking();

        IReadOnlyList<RankedDocument> ranked = embedder.Rank("who sat", Documents);

        Assert.Multiple(() =>
        {
            Assert.That(embedder.Pooling, Is.EqualTo(EmbeddingPooling.Rank));
            Assert.That(ranked.Select(document => document.Index), Is.EquivalentTo((int[])[0, 1, 2, 3]));
            Assert.That(ranked.Select(document => document.Score), Is.Ordered.Descending.And.All.Matches<float>(float.IsFinite));
            Assert.That(ranked[0].Score, Is.GreaterThan(ranked[3].Score));
        });
        foreach (RankedDocument document in ranked)
        {
            RankedDocument alone = embedder.Rank("who sat", [Documents[document.Index]])[0];
            Assert.That(alone.Score, Is.EqualTo(document.Score).Within(1e-4f));
            Assert.That(document.TokenCount, Is.EqualTo(1 + 2 + 1 + Documents[document.Index].Split(' ').Length), "CLS query SEP document");
        }
    }

    [Test]
    public void Rank_gives_the_scores_of_llama_server()
    {
        // llama-server 0.7.0 --reranking, POST /v1/rerank, on the same file.
        float[] expected = [0.31303704f, 0.53165203f, 0.36480728f, 0.31403559f];
        using LlamaEmbedder embedder = OpenRanking();

        IReadOnlyList<RankedDocument> ranked = embedder.Rank("who sat", Documents);

        Assert.That(ranked.OrderBy(document => document.Index).Select(document => document.Score), Is.EqualTo(expected).Within(1e-4f));
    }

    [Test]
    public void Rank_uses_the_template_that_the_model_states()
    {
        string path = EncoderModel.Write(_folder.PathOf("template.gguf"), EmbeddingPooling.Rank, hasHead: true, rankTemplate: "[CLS]{query}[SEP]{document}[SEP]");
        using LlamaEmbedder embedder = Open(path, new EmbedderOptions());

        RankedDocument document = embedder.Rank("who", ["the [SEP] cat"])[0];

        Assert.That(document.TokenCount, Is.GreaterThan(3 + 3), "three from the template, and none from the document");
        Assert.That(document.Score, Is.Not.NaN);
    }

    [Test]
    public void Rank_of_what_does_not_fit_names_the_document_or_cuts_it()
    {
        using LlamaEmbedder strict = OpenRanking();
        string longDocument = string.Join(' ', Enumerable.Repeat("cat", 70));
        using LlamaEmbedder lenient = Open(Ranking(), new EmbedderOptions { Truncate = true });

        Assert.Multiple(() =>
        {
            Assert.That(() => strict.Rank("who", ["dog", longDocument]), Throws.TypeOf<ContextOverflowException>().With.Message.Contains("Document 1"));
            Assert.That(lenient.Rank("who", [longDocument])[0], Has.Property("TokenCount").EqualTo(64).And.Property("IsTruncated").True);
            Assert.That(() => lenient.Rank(longDocument, ["dog"]), Throws.TypeOf<ContextOverflowException>(), "a query is not cut");
            Assert.That(() => strict.Embed("dog"), Throws.InvalidOperationException.With.Message.Contains("ranks"));
            Assert.That(strict.Rank("who", []), Is.Empty);
        });
    }

    [Test]
    public void A_model_that_states_ranking_without_a_head_is_refused()
    {
        string path = EncoderModel.Write(_folder.PathOf("headless.gguf"), EmbeddingPooling.Rank);

        Assert.That(() => Open(path, new EmbedderOptions()), Throws.TypeOf<ModelLoadException>().With.Message.Contains("classification head"));
        using LlamaEmbedder embedder = Open(path, new EmbedderOptions { Pooling = EmbeddingPooling.Mean });
        Assert.That(embedder.Embed("the cat"), Has.Length.EqualTo(32));
    }

    [TestCase("bos_token_id")]
    [TestCase("seperator_token_id")]
    public void A_vocabulary_without_the_tokens_around_texts_is_refused(string key)
    {
        string path = EncoderModel.Write(_folder.PathOf("around.gguf"), EmbeddingPooling.Mean, without: "tokenizer.ggml." + key);

        Assert.That(() => Open(path, new EmbedderOptions()), Throws.TypeOf<ModelLoadException>().With.Message.Contains(key), "the library would stop the process");
    }

    [TestCase("cls.output.bias", GgmlType.I64)]
    [TestCase("token_embd_norm.weight", GgmlType.I32)]
    [TestCase("token_embd_norm.bias", GgmlType.F16)]
    [TestCase("blk.0.attn_q.weight", GgmlType.I32)]
    public void Types_that_cannot_be_computed_with_are_refused(string tensor, GgmlType type)
    {
        string path = EncoderModel.Write(_folder.PathOf("types.gguf"), EmbeddingPooling.Rank, hasHead: true, other: (tensor, type));

        Assert.That(() => Open(path, new EmbedderOptions()), Throws.TypeOf<ModelLoadException>().With.Message.Contains(tensor).And.Message.Contains(type.ToString()), "the library would stop the process");
    }

    [Test]
    public void Damaged_encoders_are_refused_or_run()
    {
        byte[] good = File.ReadAllBytes(Ranking());
        int header = (int)GgufFile.Read(Ranking()).DataOffset;
        var random = new Random(3);
        int refused = 0;
        for (int round = 0; round < 200; round++)
        {
            byte[] bad = (byte[])good.Clone();
            bad[random.Next(header)] = (byte)random.Next(256);
            string path = _folder.Write("bad.gguf", bad);

            try
            {
                using LlamaEmbedder embedder = Open(path, new EmbedderOptions { Pooling = EmbeddingPooling.Mean });
                embedder.Embed("the cat");
            }
            catch (MinilmException)
            {
                refused++;
            }
        }

        Assert.That(refused, Is.InRange(100, 199));
    }

    [Test]
    public void An_encoder_cannot_complete_prompts_and_says_so()
    {
        string path = EncoderModel.Write(_folder.PathOf("encoder.gguf"), EmbeddingPooling.Mean);
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = path });

        Assert.That(() => model.Initialize(), Throws.TypeOf<ModelLoadException>().With.Message.Contains("LlamaEmbedder"));
    }

    private static LlamaEmbedder Open(string path, EmbedderOptions options) => LlamaEmbedder.Create(new LlamaModelOptions { ModelPath = path, Threads = 1 }, options);

    private LlamaEmbedder OpenRanking() => Open(Ranking(), new EmbedderOptions());

    private string Ranking() => EncoderModel.Write(_folder.PathOf("rank.gguf"), EmbeddingPooling.Rank, hasHead: true);
}
